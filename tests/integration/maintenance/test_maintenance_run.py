"""A run as a whole: a record per step, giving way, one at a time, told on the command line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from typer.testing import CliRunner
from upkeep import age, keeping, run, send, step

from health_warehouse import cli
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.database.turns import take
from health_warehouse.errors import WarehouseError
from health_warehouse.maintenance import run as running
from health_warehouse.maintenance.names import StepName
from health_warehouse.maintenance.run import STEPS, maintain
from health_warehouse.maintenance.sessions import alone
from health_warehouse.maintenance.step import Batch, Removed, Step
from health_warehouse.settings import Settings, get_settings
from landing_steps import query


def test_every_step_runs_and_leaves_a_row(settings: Settings) -> None:
    assert tuple(STEPS) == tuple(StepName)
    told: list[str] = []
    report = maintain(settings, told.append)
    assert report.is_well
    assert len(told) >= len(StepName)
    rows = query(
        settings,
        "select step, state from ops.maintenance_steps where finished_at >= started_at"
        " and run_id = (select max(run_id) from ops.maintenance_runs)",
    )
    states = dict(rows)
    assert set(states) == {str(name) for name in StepName}
    assert {name for name, state in states.items() if state == "off"} == {
        "remove_archived_files",
        "remove_superseded_rows",
    }


def test_a_step_that_needs_a_lock_gives_way_and_the_next_run_goes_on(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(settings, "a.xml", 1, "A1")
    send(settings, "b.xml", 2, "A1")
    age(settings)
    settings = keeping(settings, archive=1)
    monkeypatch.setattr(
        "health_warehouse.maintenance.sessions._GIVE_WAY", text("set local lock_timeout = '50ms'")
    )
    with engine(settings, OWNER).begin() as connection:
        connection.execute(text("lock table ops.files in access exclusive mode"))
        result = step(settings, StepName.REMOVE_ARCHIVED_FILES)
    assert (result.state, result.removed) == ("unfinished", Removed())
    assert "lock" in str(result.message)
    assert step(settings, StepName.REMOVE_ARCHIVED_FILES).removed.count == 1


def _stepping(monkeypatch: pytest.MonkeyPatch, error: Exception | None) -> None:
    """REMOVE_ALERTS does one batch of 7 things, then raises `error` or goes on for ever."""

    def batches(settings: Settings, _before: datetime) -> Iterator[Batch]:
        yield Batch(Removed(7, 70))
        if error is not None:
            raise error
        while True:
            yield Batch(Removed(0, 0))

    name = StepName.REMOVE_ALERTS
    monkeypatch.setitem(
        running.STEPS, name, Step(name, "things", None, lambda *_: Removed(), batches)
    )


def test_a_step_ends_when_its_time_is_up(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _stepping(monkeypatch, None)
    monkeypatch.setattr(running, "_SECONDS_PER_STEP", 0.0)
    assert step(settings, StepName.REMOVE_ALERTS).state == "unfinished"


def test_a_step_that_fails_stops_no_other_and_says_what_went(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _stepping(monkeypatch, WarehouseError("no archive"))
    report = maintain(settings, lambda _: None)
    failed = [one for one in report.steps if one.state == "failed"]
    assert [(one.step, one.removed) for one in failed] == [(StepName.REMOVE_ALERTS, Removed(7, 70))]
    assert not report.is_well
    assert query(
        settings,
        "select message, removed_count, removed_bytes from ops.maintenance_steps"
        " where state = 'failed'",
    ) == [("WarehouseError: no archive", 7, 70)]


def test_a_killed_run_is_noted_by_the_next_one(settings: Settings) -> None:
    run(
        settings,
        "with run as (insert into ops.maintenance_runs default values returning run_id)"
        " insert into ops.maintenance_steps (run_id, step, state, keep_days)"
        " select run_id, 'trim_logs', 'running', 1 from run",
    )
    step(settings, StepName.REMOVE_ALERTS)
    assert query(settings, "select state from ops.maintenance_steps order by run_id") == [
        ("cut off",),
        ("done",),
    ]


def test_steps_take_turns(settings: Settings) -> None:
    with (
        alone(settings),
        engine(settings, "maintainer").connect() as connection,
        pytest.raises(OperationalError, match="could not obtain lock"),
    ):
        take(connection, "maintenance", wait=False)
    with engine(settings, "maintainer").connect() as connection:
        take(connection, "maintenance", wait=False)


def test_stale_statistics_are_renewed(settings: Settings) -> None:
    run(settings, "create table ops.filled (a int) with (autovacuum_enabled = off)")
    run(settings, "insert into ops.filled select generate_series(1, 1000)")
    with engine(settings, OWNER).connect() as connection:
        connection.execute(text("select pg_stat_force_next_flush()"))
    assert step(settings, StepName.ANALYZE_TABLES, dry_run=True).removed.count >= 1
    step(settings, StepName.ANALYZE_TABLES)
    known = "select reltuples from pg_class where oid = 'ops.filled'::regclass"
    assert query(settings, known) == [(1000.0,)]


@pytest.fixture
def typed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Commands are about the warehouse of the test."""
    for name, value in settings.as_environment().items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


@pytest.mark.usefixtures("typed")
def test_the_command_tells_each_result_once_and_in_a_sentence() -> None:
    for options, analyzed in ((["--dry-run"], "would be analyzed"), ([], "analyzed")):
        told = CliRunner().invoke(cli.app, ["maintain", *options])
        assert told.exit_code == 0, told.output
        assert told.stderr == ""
        lines = told.stdout.splitlines()
        assert [line.partition(":")[0] for line in lines[: len(StepName)]] == list(StepName)
        assert re.fullmatch(rf"analyze_tables: \d+ tables {analyzed}", lines[len(StepName) - 1])
        assert "remove_archived_files: off, kept for ever" in lines


def test_the_bound_on_logs_is_recorded(settings: Settings) -> None:
    for days in (3, 0):
        assert step(keeping(settings, log=days), StepName.TRIM_LOGS).state == "done"
    assert query(settings, "select keep_days from ops.maintenance_steps order by run_id") == [
        (3,),
        (0,),
    ]


def test_the_command_tells_in_json_and_fails_when_work_is_at_risk(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in settings.as_environment().items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    told = CliRunner().invoke(cli.app, ["maintain", "--dry-run", "--json"])
    assert told.exit_code == 0
    report = json.loads(told.stdout)
    assert report["run_id"] is None
    assert [one["step"] for one in report["steps"]] == [str(name) for name in StepName]
    assert {one["state"] for one in report["steps"]} == {"would", "off"}
    _stepping(monkeypatch, WarehouseError("no archive"))
    failed = CliRunner().invoke(cli.app, ["maintain", "--only", "remove_alerts", "--json"])
    assert failed.exit_code == 1
    assert json.loads(failed.stdout)["steps"][0]["message"] == "WarehouseError: no archive"
    unknown = CliRunner().invoke(cli.app, ["maintain", "--only", "no_step"])
    assert "remove_alerts" in str(unknown.exception)
    get_settings.cache_clear()
