"""Check of the sender of alerts: while it is dead, nobody is told of what fails."""

from __future__ import annotations

from collections.abc import Iterator

from health_warehouse.doctor.finding import Finding
from health_warehouse.services.alert_sender import alert_sender
from health_warehouse.services.bring_up import airflow
from health_warehouse.settings import Settings


def sender(settings: Settings) -> Iterator[Finding]:
    """It runs while anything of Airflow does; after `warehouse down` none of them is to."""
    daemon = alert_sender(settings)
    if daemon.is_running() or not any(one.is_running() for one in airflow(settings).daemons()):
        return
    yield Finding(
        "alerts",
        "error",
        f"the sender of alerts does not run while Airflow does: failures are told to nobody; "
        f"see {daemon.log}",
        "warehouse up",
    )
