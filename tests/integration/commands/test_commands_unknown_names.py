"""An unknown facility, rule or login is told as such: an empty answer looks like a good one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from claim_files import FACILITY, claim_file, dossier
from health_warehouse import cli
from health_warehouse.settings import Settings, get_settings
from landing_steps import deliver, judge, load_all

NOON = datetime(2026, 8, 3, 5, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True)
def here(module_settings: Settings) -> Iterator[None]:
    """The commands work in a warehouse to which one facility has sent one dossier."""
    deliver(module_settings, "a.xml", claim_file([dossier("A1")]), NOON)
    load_all(module_settings)
    judge(module_settings)
    with pytest.MonkeyPatch.context() as monkeypatch:
        for name, value in module_settings.as_environment().items():
            monkeypatch.setenv(name, value)
        get_settings.cache_clear()
        yield
    get_settings.cache_clear()


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("reingest --facility 00000", "facility 00000 never sent anything"),
        ("reingest --facility 00000 --dry-run", "facility 00000 never sent anything"),
        ("build --facility 00000", "facility 00000 never sent anything"),
        ("build --facility 00000 --dry-run --json", "facility 00000 never sent anything"),
        ("quarantine --rule nope", "there is no rule nope: `warehouse rules`"),
        ("scopes list nobody", "nobody is no reader; see `warehouse readers list`"),
    ],
)
def test_what_nobody_knows_is_one_line_and_exit_code_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, typed: str, told: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["warehouse", *typed.split()])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (1, "")
    assert told in said.err
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (f"reingest --facility {FACILITY} --to 2001-01-01 --dry-run", "nothing would be read"),
        (f"build --facility {FACILITY} --to 2001-01-01 --dry-run", "nothing would be built"),
        ("quarantine --rule L01", "rule"),
        ("scopes list bi_reader", "everything"),
    ],
)
def test_what_is_known_and_has_nothing_is_no_error(typed: str, told: str) -> None:
    done = CliRunner().invoke(cli.app, typed.split(), catch_exceptions=False)
    assert done.exit_code == 0
    assert told in done.stdout


def test_a_scope_of_a_facility_that_has_sent_nothing_is_granted_with_a_warning() -> None:
    for facility, warnings in ((FACILITY, 0), ("00000", 1)):
        typed = ["scopes", "grant", "facility_reader", "--facility", facility]
        done = CliRunner().invoke(cli.app, typed, catch_exceptions=False)
        assert done.exit_code == 0
        assert facility in done.stdout
        assert done.stderr.count("has sent nothing yet") == warnings
