"""Checks of Airflow: its processes run together or not at all, its DAGs can be read."""

from __future__ import annotations

from collections.abc import Iterator

from health_warehouse.doctor.finding import Finding
from health_warehouse.moments import to_minute
from health_warehouse.services.bring_up import airflow
from health_warehouse.settings import Settings


def processes(settings: Settings) -> Iterator[Finding]:
    daemons = airflow(settings).daemons()
    dead = [daemon for daemon in daemons if not daemon.is_running()]
    if dead and len(dead) < len(daemons):
        names = ", ".join(daemon.name for daemon in dead)
        yield Finding(
            "airflow",
            "error",
            f"not running while the rest is: {names}; see {dead[0].log}",
            "warehouse up",
        )


def dags(settings: Settings) -> Iterator[Finding]:
    service = airflow(settings)
    if not any(daemon.is_running() for daemon in service.daemons()):
        return  # nothing has looked at them
    for file in service.unread_files():
        why = file.error or f"not read since {to_minute(file.since)} UTC; is its import slow?"
        yield Finding(
            "dags",
            "error",
            f"the DAGs of {file.name} do not run: {why}",
            "mend the file under dags/; the DAG processor reads it again by itself",
        )
