"""All checks, each on its own: one that cannot be made is a finding too."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from health_warehouse.database.connections import owner_url
from health_warehouse.doctor import (
    airflow,
    alerts,
    calendar,
    contracts,
    database,
    feeds,
    logins,
    machine,
    packages,
    person_key,
    receipts,
    release,
    sessions,
    setting_names,
    unfinished,
    vacuuming,
    waiting,
)
from health_warehouse.doctor.finding import Check, Finding
from health_warehouse.errors import WarehouseError
from health_warehouse.services.state import require_warehouse
from health_warehouse.settings import Settings
from health_warehouse.telling import is_unreached, reason

CHECKS: dict[str, Check] = {
    "disk": machine.disk,
    "permissions": machine.permissions,
    "settings": setting_names.setting_names,
    "contracts": contracts.contracts,
    "ports": machine.taken_ports,
    "packages": packages.drift,
    "server": database.server,
    "schema": database.schema,
    "unfinished": unfinished.unfinished,
    "roles": database.roles,
    "session settings": logins.sessions,
    "connections": logins.connections,
    "rights of all": logins.public,
    "readers": logins.dropped,
    "groups of readers": logins.groups,
    "person key": person_key.person_key,
    "sessions": sessions.stale,
    "turns": waiting.silent,
    "locks": waiting.blocked,
    "builds": sessions.builds,
    "receipts": receipts.ahead_of_time,
    "facilities": receipts.stopped,
    "feeds": feeds.feeds,
    "arrivals": calendar.arrivals,
    "calendar": calendar.calendar,
    "hold": release.hold,
    "vacuum": vacuuming.dead_rows,
    "autovacuum": vacuuming.switched_off,
    "transaction ids": vacuuming.old_ids,
    "transactions": vacuuming.long_transactions,
    "airflow": airflow.processes,
    "dags": airflow.dags,
    "alerts": alerts.sender,
}


def examine(settings: Settings, progress: Callable[[str], None] | None = None) -> list[Finding]:
    """What is wrong, in the order of the checks. Changes nothing.

    A service that is down is a finding; checks that need its database are named in one. Raises
    ConfigurationError when there is no warehouse to look at.
    """
    require_warehouse(settings)
    owner_url(settings)
    found: list[Finding] = []
    unmade: list[str] = []
    why = ""
    for name, check in CHECKS.items():
        if progress:
            progress(name)
        try:
            found += check(settings)
        except (SQLAlchemyError, psycopg.Error, WarehouseError, OSError) as error:
            if isinstance(error, OperationalError) and is_unreached(error):
                unmade.append(name)
                why = reason(error)
            else:
                found.append(_unmade(name, error))
    return [_unreached(settings, why, unmade), *found] if unmade else found


def _unreached(settings: Settings, why: str, unmade: list[str]) -> Finding:
    remedy = "start the server of WAREHOUSE_DSN, or correct that setting"
    return Finding(
        "database",
        "error",
        f"the database cannot be reached: {why}; so not looked at: {', '.join(unmade)}",
        "warehouse up" if settings.dsn is None else f"{remedy}; then `warehouse up`",
    )


def _unmade(name: str, error: Exception) -> Finding:
    """The class of an error only, where its text may quote a value."""
    words = str(error) if isinstance(error, (WarehouseError, OSError)) else type(error).__name__
    return Finding(
        name, "error", f"could not be looked at: {words}", "`warehouse status`, then `warehouse up`"
    )
