"""`warehouse rotate-key`: says what it would do, does it, and names the key to set."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from claim_files import claim_file, dossier
from health_warehouse import settings as settings_module
from health_warehouse.cli import app
from health_warehouse.privacy.person_key import next_key_file
from health_warehouse.settings import Settings
from landing_steps import deliver, judge, load_all, query

_KEYS = "select encounter_key, local_person_key from ops.dossier_versions"


@pytest.fixture(autouse=True)
def here(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The commands work in the warehouse of the test, whose key is in a variable."""
    settings_module.get_settings.cache_clear()
    for name, value in settings.as_environment().items():
        monkeypatch.setenv(name, value)
    yield
    settings_module.get_settings.cache_clear()


def ran(*arguments: str) -> Any:
    done = CliRunner().invoke(app, ["rotate-key", *arguments, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_a_dry_run_counts_and_changes_nothing(settings: Settings) -> None:
    deliver(settings, "a.xml", claim_file([dossier("A1"), dossier("A2")]))
    load_all(settings)
    judge(settings)
    before = query(settings, _KEYS)

    told = ran("--dry-run")

    assert told["key_file"] is None
    assert told["would_read"]["versions"] == told["would_read"]["current"] == 2
    assert query(settings, _KEYS) == before
    assert not next_key_file(settings).exists()

    told = ran()

    assert (told["read"]["versions"], told["key_file"]) == (2, str(next_key_file(settings)))
    assert set(query(settings, _KEYS)).isdisjoint(before)
    done = CliRunner().invoke(app, ["rotate-key"])
    assert done.exit_code == 0
    assert "set WAREHOUSE_PERSON_KEY to what" in done.output
