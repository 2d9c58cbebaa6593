"""The death of the sender of alerts is told by doctor, for the sender tells nothing any more."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from alert_steps import hold_release
from health_warehouse.alerting import outbox
from health_warehouse.alerting.heartbeat import beat, heartbeat_file
from health_warehouse.alerting.incident_states import read_incidents
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.doctor import alerts
from health_warehouse.doctor.alerts import sender
from health_warehouse.doctor.examine import CHECKS
from health_warehouse.services import daemons
from health_warehouse.services.alert_sender import alert_sender
from health_warehouse.services.bring_up import airflow
from health_warehouse.services.daemons import Daemon
from health_warehouse.services.state import prepare
from health_warehouse.settings import Settings
from mail_server import MailServer


@pytest.fixture
def started(settings: Settings) -> Iterator[tuple[Daemon, Daemon]]:
    """Stand-ins of Airflow's scheduler and of the sender: they sleep under their names."""
    prepare(settings)
    scheduler = next(one for one in airflow(settings).daemons() if one.name == "scheduler")
    both = [
        replace(one, command=("sleep", "600"), cwd=settings.state)
        for one in (scheduler, alert_sender(settings))
    ]
    for daemon in both:
        daemon.start(os.environ)
    yield both[0], both[1]
    daemons.stop(both)


def test_a_dead_sender_is_told_while_airflow_runs(
    settings: Settings, started: tuple[Daemon, Daemon]
) -> None:
    assert list(sender(settings)) == []
    daemons.stop([started[1]])
    (finding,) = sender(settings)
    assert (finding.check, finding.level, finding.remedy) == ("alerts", "error", "warehouse up")
    assert "alert-sender.log" in finding.what
    assert CHECKS["alerts"] is sender


def test_a_warehouse_that_is_down_needs_no_sender(
    settings: Settings, started: tuple[Daemon, Daemon]
) -> None:
    daemons.stop(started)
    assert list(sender(settings)) == []


def test_a_sender_that_hangs_is_told(
    settings: Settings, started: tuple[Daemon, Daemon], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert list(sender(settings)) == [], "it began a moment ago"
    monkeypatch.setattr(alerts, "OLD_AFTER", timedelta())
    (finding,) = sender(settings)
    assert "its last whole pass was never" in finding.what
    with engine(settings, OWNER).begin() as connection:
        beat(connection, settings)
    assert list(sender(settings)) == []
    os.utime(heartbeat_file(settings), (time.time() - 3600, time.time() - 3600))
    (finding,) = sender(settings)
    assert "60 minutes ago" in finding.what


def test_messages_that_do_not_get_through_are_told(
    settings: Settings, started: tuple[Daemon, Daemon]
) -> None:
    mailing = settings.model_copy(update=MailServer().settings)  # which does not run
    hold_release(mailing, "M01")
    with engine(mailing, OWNER).begin() as connection:
        outbox.record(
            connection,
            [read_incidents(connection, outbox.told(connection))],
            ["email:duty@province.example"],
            timedelta(),
        )
        connection.execute(
            text("update ops.alert_messages set created_at = now() - '6 min'::interval")
        )
    (finding,) = sender(mailing)
    assert "1 messages have not got through" in finding.what
