"""The whole path typed in a terminal, without Airflow, on a Postgres of the user's own.

Two warehouses share that server with the one of the other tests: their roles have prefixes.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowSkipException
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, ProgrammingError
from typer.testing import CliRunner

from health_warehouse import cli
from health_warehouse.database.connections import dispose_engines, engine, role_url
from health_warehouse.database.migrate import migrate
from health_warehouse.loopback import free_port
from health_warehouse.orchestration.release_tasks import publish_release
from health_warehouse.settings import Settings, get_settings, inherited_environment
from live_warehouse import Marts, assert_equal, marts
from oracle.recount import read_folder, recount
from warehouses import Cluster


@dataclass(frozen=True)
class _TwoRuns:
    """What two `warehouse run` at once said; `sent` are the files that they were given."""

    said: list[dict[str, Any]]
    sent: Path
    marts: Marts | None


@dataclass(frozen=True)
class _Steps:
    """What each command said, in order, with what readers saw between plan and publication."""

    planned_run: dict[str, Any]
    ingested: dict[str, Any]
    planned_build: dict[str, Any]
    built: dict[str, Any]
    audited: dict[str, Any]
    planned: list[dict[str, Any]]
    before: Marts | None
    published: str
    after: Marts | None
    again: dict[str, Any]


@pytest.fixture(scope="module")
def north(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with _warehouse(cluster, tmp_path_factory.mktemp("north"), "north_") as settings:
        yield settings


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Deliveries of a facility, all of them right, received months ago."""
    folder = tmp_path_factory.mktemp("outbox")
    options = ["--facilities=1", "--days=5", "--dossiers=40", "--defects=0", "--seed=11"]
    assert CliRunner().invoke(cli.app, ["synth", str(folder), *options]).exit_code == 0
    # not the check-ins (number 0 of a day): they bring no dossier to release
    found = sorted(path for path in folder.rglob("*.xml") if not path.stem.endswith("_0"))
    assert len(found) > 3
    # the largest last: it brings dossiers that no other file replaces or withdraws
    return sorted(found, key=lambda path: path.stat().st_size)


@pytest.fixture(scope="module")
def two_runs(
    north: Settings, files: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> _TwoRuns:
    """All but the last file, half of them given to both."""
    sent = tmp_path_factory.mktemp("sent")
    given = [shutil.copy2(file, sent) for file in files[:-1]]
    third = len(given) // 3
    runs = [_start(north, "run", *given[: 2 * third + 1]), _start(north, "run", *given[third:])]
    return _TwoRuns([_said_by(run) for run in runs], sent, marts(north))


@pytest.fixture(scope="module")
def steps(north: Settings, files: list[Path], two_runs: _TwoRuns) -> _Steps:
    path = str(shutil.copy2(files[-1], two_runs.sent))
    with _environment(north):
        return _Steps(
            planned_run=_typed("run", path, "--dry-run"),
            ingested=_typed("ingest", "claims", path),
            planned_build=_typed("build", "--dry-run"),
            built=_typed("build"),
            audited=_typed("audit"),
            planned=_typed("publish", "--dry-run"),
            before=marts(north),
            published=_said("publish"),
            after=marts(north),
            again=_typed("run", path),
        )


def test_two_runs_at_once_on_files_that_overlap_load_each_once(
    two_runs: _TwoRuns, files: list[Path]
) -> None:
    loaded = sum(said["files"].get("loaded", 0) for said in two_runs.said)
    assert loaded == len(files) - 1, two_runs.said
    assert two_runs.marts is not None
    assert_equal(two_runs.marts, recount(read_folder(two_runs.sent)))


def test_the_second_of_two_runs_waits_and_ends_no_build_of_the_first(
    north: Settings, two_runs: _TwoRuns
) -> None:
    assert any(said["release"] for said in two_runs.said)
    assert _count(north, "select count(*) from ops.builds where status = 'published'") >= 1
    assert _count(north, "select count(*) from ops.builds where status <> 'published'") == 0


def test_step_by_step_to_a_release(steps: _Steps, two_runs: _TwoRuns) -> None:
    assert steps.ingested["outcomes"] == {"loaded": 1}
    assert steps.audited["build_id"] == steps.built["build_id"]
    assert steps.audited["status"] == "passed"
    assert steps.after is not None
    assert steps.before is not None
    assert steps.after.release_id > steps.before.release_id
    assert_equal(steps.after, recount(read_folder(two_runs.sent)))


def test_a_dry_run_says_what_would_change_and_changes_nothing(
    steps: _Steps, two_runs: _TwoRuns
) -> None:
    assert steps.planned_run == {"files": 1, "pending_changes": 0}
    assert steps.planned_build["pending_changes"] > 0
    rows = {one["mart"]: one["rows_to_insert"] for one in steps.planned}
    assert rows["fct_encounters"] > 0
    assert steps.before == two_runs.marts


def test_a_run_without_anything_new_says_so(steps: _Steps) -> None:
    assert steps.again == {"files": {}, "release": None}


def test_a_notice_is_told_in_words(steps: _Steps) -> None:
    assert "notice M08: 1 of 1 rows break “The newest file was received within" in steps.published


@pytest.mark.parametrize("params", [{}, {"dry_run": True}])
def test_the_dag_skips_publishing_when_somebody_at_a_terminal_was_faster(
    north: Settings, steps: _Steps, monkeypatch: pytest.MonkeyPatch, params: dict[str, bool]
) -> None:
    monkeypatch.setattr("health_warehouse.settings.get_settings", lambda: north)
    overtaken = steps.built["build_id"] - 1
    with pytest.raises(AirflowSkipException, match=r"overwritten by build.*next run builds on it"):
        publish_release.function(overtaken, params)
    assert marts(north) == steps.after


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["audit"], "there is no build to audit: run `warehouse build`"),
        (["publish"], "run `warehouse build`"),
        (["rollback", "--yes"], "error: "),
        (["run", "/nowhere/a.xml"], "/nowhere/a.xml is neither a file nor a folder"),
    ],
)
def test_an_error_is_one_line_and_exit_code_1(
    settings: Settings, capsys: pytest.CaptureFixture[str], typed: list[str], told: str
) -> None:
    with _environment(settings):
        assert _exit_code(*typed) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert told in said.err
    assert said.err.count("\n") == 1


def test_a_database_that_is_away_is_told(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    away = f"postgresql://wh_owner:secret@127.0.0.1:{free_port()}/none"
    with _environment(settings.model_copy(update={"dsn": SecretStr(away)})):
        assert _exit_code("ledger") == 1
    said = capsys.readouterr().err
    assert "the database cannot be reached" in said
    assert "warehouse up" in said
    assert "secret" not in said


def test_what_is_no_command_is_exit_code_2() -> None:
    assert _exit_code("publish", "--soon") == 2


def test_roles_of_one_warehouse_read_nothing_of_another(
    cluster: Cluster, north: Settings, tmp_path: Path
) -> None:
    with _warehouse(cluster, tmp_path / "south", "south_") as south:
        stranger = role_url(north, "ops_reader")
        assert stranger.username == "north_ops_reader"
        moved = south.model_copy(update={"role_prefix": "north_", "state": north.state})
        with pytest.raises((OperationalError, ProgrammingError), match="permission denied"):
            _count(moved, "select count(*) from ops.files")
        assert _count(south, "select count(*) from ops.files") == 0


@contextmanager
def _environment(settings: Settings) -> Iterator[None]:
    """Commands typed in the block are about this warehouse."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        for name, value in settings.as_environment().items():
            monkeypatch.setenv(name, value)
        get_settings.cache_clear()
        yield
    get_settings.cache_clear()


def _exit_code(*typed: str) -> int:
    """Run the program as the shell does, in this process."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(sys, "argv", ["warehouse", *typed])
        with pytest.raises(SystemExit) as ended:
            cli.main()
    return int(ended.value.code or 0)


def _start(settings: Settings, *typed: str) -> subprocess.Popen[str]:
    program = Path(sys.executable).with_name("warehouse")
    return subprocess.Popen(
        [program, *typed, "--json"],
        env=inherited_environment() | settings.as_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _said_by(run: subprocess.Popen[str]) -> Any:
    out, err = run.communicate(timeout=300)
    assert run.returncode == 0, err
    return json.loads(out)


def _typed(*arguments: str) -> Any:
    """What a command says with `--json`."""
    return json.loads(_said(*arguments, "--json"))


def _said(*arguments: str) -> str:
    result = CliRunner().invoke(cli.app, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


@contextmanager
def _warehouse(cluster: Cluster, state: Path, prefix: str) -> Iterator[Settings]:
    database = cluster.create_empty_database()
    settings = Settings(
        state=state,
        dsn=SecretStr(cluster.owner_url(database)),
        role_prefix=prefix,
        person_key=SecretStr("11" * 32),
        inbox_quiet_seconds=0,
    )
    (state / "inbox").mkdir(parents=True)
    try:
        migrate(settings)
        yield settings
    finally:
        dispose_engines()
        cluster.drop_database(database)


def _count(settings: Settings, query: str) -> int:
    with engine(settings, "ops_reader").connect() as connection:
        return int(connection.execute(text(query)).scalar_one())
