"""Results, incidents, alerts and records of maintenance: what is over and old goes."""

from __future__ import annotations

import pytest
from upkeep import age, keeping, run, step

from health_warehouse.database.connections import engine
from health_warehouse.maintenance import retention
from health_warehouse.maintenance.names import StepName
from health_warehouse.quality.incidents import raise_incident, resolve_incidents
from health_warehouse.settings import Settings
from landing_steps import query


def _check_runs(settings: Settings) -> list[int]:
    found = query(settings, "select check_run_id from ops.check_runs order by check_run_id")
    return [row[0] for row in found]


def _judged(
    settings: Settings, suite: str, rule: str, state: str, build: int | None = None
) -> None:
    run(
        settings,
        "with run as (insert into ops.check_runs (suite, build_id) values (:suite, :build)"
        " returning check_run_id)"
        " insert into ops.rule_results (check_run_id, rule_id, severity, state)"
        " select check_run_id, :rule, 'hold_release', :state from run",
        suite=suite,
        build=build,
        rule=rule,
        state=state,
    )


def test_old_results_go_but_those_that_somebody_still_needs(settings: Settings) -> None:
    for _ in range(2):
        run(
            settings,
            "insert into ops.builds (from_change_id, to_change_id, is_full, status)"
            " values (0, 0, true, 'held')",
        )
    _judged(settings, "landing", "L01", "passed")
    _judged(settings, "landing", "L02", "failed")  # of no open incident
    _judged(settings, "landing", "L03", "error")  # its incident is open
    _judged(settings, "marts", "M01", "passed", build=1)
    _judged(settings, "marts", "M01", "passed", build=2)  # may be published yet
    with engine(settings, "loader").begin() as connection:
        raise_incident(connection, "landing:error:L03", "landing", "L03", "no such column")
    age(settings)
    _judged(settings, "landing", "L01", "passed")  # of today
    bound = keeping(settings, check_results=1)
    assert step(bound, StepName.REMOVE_CHECK_RESULTS, dry_run=True).removed.count == 3
    assert step(bound, StepName.REMOVE_CHECK_RESULTS).removed.count == 3
    assert _check_runs(settings) == [3, 5, 6]
    assert query(settings, "select count(*) from ops.rule_results") == [(3,)]


def test_many_go_in_batches(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH_SIZE", 2)
    for _ in range(5):
        _judged(settings, "landing", "L01", "passed")
    age(settings)
    result = step(keeping(settings, check_results=1), StepName.REMOVE_CHECK_RESULTS)
    assert result.removed.count == 5
    assert result.removed.byte_count > 0
    recorded = query(
        settings, "select removed_count, removed_bytes, state from ops.maintenance_steps"
    )
    assert recorded == [(5, result.removed.byte_count, "done")]


def test_resolved_incidents_go_and_their_failures_are_of_the_past(settings: Settings) -> None:
    with engine(settings, "loader").begin() as connection:
        raise_incident(connection, "a", "landing", "L01", "resolved long ago")
        resolve_incidents(connection, "a")
        raise_incident(connection, "b", "landing", "L02", "open")
    run(settings, "update ops.alert_heartbeat set installed_at = now() - interval '100 days'")
    age(settings)
    result = step(keeping(settings, incident=1), StepName.REMOVE_INCIDENTS)
    assert result.removed.count == 1
    assert query(settings, "select fingerprint from ops.incidents") == [("b",)]
    told_since = "select installed_at > now() - interval '2 days' from ops.alert_heartbeat"
    assert query(settings, told_since) == [(True,)]


def _alert(settings: Settings, fingerprint: str, state: str, *, sent: bool) -> None:
    run(
        settings,
        "with alert as ("
        " insert into ops.alerts (fingerprint, kind, state, occurrence_count, reasons, facts,"
        "  opened_at, last_seen_at, resolved_at)"
        " values (:fingerprint, 'task_failed', :state, 1, '{}', '{}', now(), now(),"
        "  case when :state = 'resolved' then now() end) returning alert_id),"
        " message as (insert into ops.alert_messages (alert_id, event, content)"
        "  select alert_id, 'opened', '{}' from alert returning message_id)"
        " insert into ops.alert_deliveries (message_id, target, sent_at)"
        " select message_id, 'webhook', case when :sent then now() end from message",
        fingerprint=fingerprint,
        state=state,
        sent=sent,
    )


def test_alerts_go_when_they_are_over_delivered_and_not_the_last_of_their_cause(
    settings: Settings,
) -> None:
    _alert(settings, "task:a.b", "resolved", sent=True)
    _alert(settings, "task:a.b", "resolved", sent=False)
    _alert(settings, "task:a.b", "resolved", sent=True)
    _alert(settings, "task:c.d", "new", sent=True)
    age(settings)
    result = step(keeping(settings, alert=1), StepName.REMOVE_ALERTS)
    assert result.removed.count == 1
    assert query(settings, "select alert_id from ops.alerts order by 1") == [(2,), (3,), (4,)]
    assert query(settings, "select count(*) from ops.alert_deliveries") == [(3,)]


def test_records_of_maintenance_go_as_well(settings: Settings) -> None:
    step(settings, StepName.REMOVE_ALERTS)
    age(settings, days=500)
    assert step(settings, StepName.REMOVE_RUNS).removed.count == 1
    assert query(settings, "select count(*) from ops.maintenance_runs") == [(1,)]
