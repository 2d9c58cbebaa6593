"""The death of the sender of alerts is told by doctor, for the sender tells nothing any more."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

from health_warehouse.doctor.alerts import sender
from health_warehouse.doctor.examine import CHECKS
from health_warehouse.services import daemons
from health_warehouse.services.alert_sender import alert_sender
from health_warehouse.services.bring_up import airflow
from health_warehouse.services.daemons import Daemon
from health_warehouse.services.state import prepare
from health_warehouse.settings import Settings


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
