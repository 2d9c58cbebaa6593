"""What tests of alerts do to a warehouse: raise incidents, let time pass, look into the outbox."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from health_warehouse.database.connections import OWNER, engine
from health_warehouse.quality.incidents import raise_incident, resolve_incidents
from health_warehouse.quality.outcomes import Suite
from health_warehouse.settings import Settings


def hold_release(settings: Settings, *rule_ids: str, times: int = 1, message: str = "") -> None:
    """What an audit leaves that holds a release, `times` times."""
    with engine(settings, "publisher").begin() as connection:
        for _ in range(times):
            check_run_id = connection.execute(
                text("insert into ops.check_runs (suite) values ('marts') returning check_run_id")
            ).scalar_one()
            for rule_id in rule_ids:
                connection.execute(
                    text(
                        "insert into ops.rule_results (check_run_id, rule_id, severity, state,"
                        " checked_count, failed_count)"
                        " values (:run, :rule_id, 'hold_release', 'failed', 500, 7)"
                    ),
                    {"run": check_run_id, "rule_id": rule_id},
                )
                raise_incident(
                    connection, f"marts:{rule_id}:", "marts", rule_id, message, build_id=3
                )


def raise_one(settings: Settings, fingerprint: str, suite: Suite, rule_id: str) -> None:
    with engine(settings, "loader").begin() as connection:
        raise_incident(connection, fingerprint, suite, rule_id, "")


def resolve(settings: Settings, fingerprint_prefix: str) -> None:
    with engine(settings, "loader").begin() as connection:
        assert resolve_incidents(connection, fingerprint_prefix)


def let_pauses_pass(settings: Settings) -> None:
    """As if the time had come for the next attempt of every message."""
    with engine(settings, OWNER).begin() as connection:
        connection.execute(
            text("update ops.alert_deliveries set next_attempt_at = now() where sent_at is null")
        )


def deliveries(settings: Settings) -> list[dict[str, Any]]:
    """The outbox, with the seconds until the next attempt."""
    with engine(settings, "ops_reader").connect() as connection:
        rows = connection.execute(
            text(
                "select d.*, m.event, m.message_key,"
                " extract(epoch from d.next_attempt_at - clock_timestamp()) as pause_seconds"
                " from ops.alert_deliveries as d inner join ops.alert_messages as m"
                " using (message_id) order by d.message_id, d.target"
            )
        ).mappings()
        return [dict(row) for row in rows]
