"""Check of the sender of alerts: while it is dead, or cannot send, nobody is told of what fails."""

from __future__ import annotations

import time
from collections.abc import Iterator

from health_warehouse.alerting.health import health
from health_warehouse.alerting.heartbeat import OLD_AFTER
from health_warehouse.doctor.finding import Finding
from health_warehouse.services.alert_sender import alert_sender
from health_warehouse.services.bring_up import airflow
from health_warehouse.services.daemons import Daemon
from health_warehouse.settings import Settings


def sender(settings: Settings) -> Iterator[Finding]:
    """It runs while anything of Airflow does; after `warehouse down` none of them is to."""
    daemon = alert_sender(settings)
    if daemon.is_running():
        yield from _at_work(settings, daemon)
        return
    if not any(one.is_running() for one in airflow(settings).daemons()):
        return
    yield Finding(
        "alerts",
        "error",
        f"the sender of alerts does not run while Airflow does: failures are told to nobody; "
        f"see {daemon.log}",
        "warehouse up",
    )


def _at_work(settings: Settings, daemon: Daemon) -> Iterator[Finding]:
    now = health(settings)
    started = min((process.create_time() for process in daemon.processes()), default=time.time())
    if not now.is_beating and time.time() - started > OLD_AFTER.total_seconds():
        passed = "never" if now.age_seconds is None else f"{now.age_seconds / 60:.0f} minutes ago"
        yield Finding(
            "alerts",
            "error",
            f"the sender of alerts runs, but its last whole pass was {passed}; see {daemon.log}",
            "warehouse down, then warehouse up",
        )
    if now.stuck_count:
        yield Finding(
            "alerts",
            "error",
            f"{now.stuck_count} messages have not got through for five minutes",
            "warehouse alerts list, then docs/runbooks/alerts.md",
        )
