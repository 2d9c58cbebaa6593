"""What runs, where, in which version."""

from __future__ import annotations

import importlib.metadata
from collections import Counter
from contextlib import suppress
from typing import Any

import psycopg
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from health_warehouse.alerting.heartbeat import age_seconds
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.errors import WarehouseError
from health_warehouse.landing.arrivals import waiting
from health_warehouse.landing.delivery_states import missing
from health_warehouse.landing.rhythm import silent_facilities
from health_warehouse.release.hold import read_hold
from health_warehouse.services import ports, postgres, state
from health_warehouse.services.airflow import Airflow
from health_warehouse.services.alert_sender import alert_sender
from health_warehouse.services.bring_up import airflow
from health_warehouse.services.secret_files import ADMIN, login_file
from health_warehouse.services.state import require_warehouse
from health_warehouse.settings import Settings
from health_warehouse.telling import reason

_PACKAGES = ("health-warehouse", "apache-airflow", "dbt-core", "great-expectations")


def amiss(now: dict[str, Any]) -> list[str]:
    """What should run and does not, of a `status`; nothing after `warehouse down`."""
    if not now.get("is_wanted"):
        return []
    stopped = [one["name"] for one in now["services"] if not one["is_running"]]
    found = [f"{', '.join(stopped)} should run and does not"] if stopped else []
    if now["database_error"]:
        found.append(f"the database does not answer: {now['database_error']}")
    if now["unread_dag_files"]:
        found.append(f"Airflow does not read {', '.join(now['unread_dag_files'])}")
    return found


def status(settings: Settings) -> dict[str, Any]:
    """One JSON-like value: state folder, services with pids and ports, versions, DAGs, release.

    Parts that cannot be asked, because a service is down, are null. `database_error`: why ours does
    not answer. Raises ConfigurationError when there is no warehouse.
    """
    require_warehouse(settings)
    error = _database_error(settings)
    found = {"state": str(settings.state), "database_error": error, "versions": _versions()}
    if not (settings.state / "run").is_dir():
        return {**found, "services": []}
    service = airflow(settings)
    return {
        **found,
        "services": [*_postgres(settings), *_airflow(service), _alert_sender(settings)],
        "airflow": {"url": service.url, "user": ADMIN, "login_file": str(login_file(settings))},
        "health": {name: part.get("status") for name, part in service.health().items() if part},
        "is_wanted": state.is_wanted(settings),
        "dag_count": _dag_count(service),
        "unread_dag_files": _unread_dag_files(service),
        "release": None if error else _release(settings),
        "hold": None if error else _hold(settings),
        "silent_facilities": None if error else _silent_facilities(settings),
        "waiting": None if error else _waiting(settings),
        "missing_deliveries": None if error else _missing_deliveries(settings),
        "alerts": {
            "open_count": None if error else _open_alerts(settings),
            "heartbeat_age_seconds": age_seconds(settings),
        },
    }


def _database_error(settings: Settings) -> str | None:
    """One line; asked once, for a server that does not answer takes its time each time."""
    try:
        with engine(settings, OWNER).connect():
            return None
    except OperationalError as error:
        return reason(error)
    except WarehouseError as error:
        return str(error)


def _postgres(settings: Settings) -> list[dict[str, Any]]:
    if not postgres.is_needed(settings):
        return []
    server = postgres.server(settings)
    pid = server.pid()
    port = ports.remembered(settings, ports.POSTGRES)
    return [{"name": "postgres", "is_running": pid is not None, "pid": pid, "port": port}]


def _airflow(service: Airflow) -> list[dict[str, Any]]:
    return [
        {
            "name": daemon.name,
            "is_running": daemon.is_running(),
            "pid": daemon.pid(),
            "port": service.port if daemon.name == "api-server" else None,
            "log": str(daemon.log),
        }
        for daemon in service.daemons()
    ]


def _alert_sender(settings: Settings) -> dict[str, Any]:
    daemon = alert_sender(settings)
    pid = daemon.pid()
    return {
        "name": daemon.name,
        "is_running": pid is not None,
        "pid": pid,
        "port": None,
        "log": str(daemon.log),
    }


def _open_alerts(settings: Settings) -> int | None:
    """How many alerts are open, if the database answers."""
    statement = "select count(*) from ops.alerts where state <> 'resolved'"
    open_count: int | None = None
    with (
        suppress(SQLAlchemyError, WarehouseError),
        engine(settings, "ops_reader").connect() as connection,
    ):
        open_count = connection.execute(text(statement)).scalar_one()
    return open_count


def _silent_facilities(settings: Settings) -> list[str] | None:
    """Codes of those that used to send claims and stopped, if the database answers."""
    with (
        suppress(SQLAlchemyError, WarehouseError),
        engine(settings, "ops_reader").connect() as connection,
    ):
        found = silent_facilities(connection, settings)
        return [one.facility_id for one in found if not one.is_forgotten]
    return None


def _waiting(settings: Settings) -> dict[str, int] | None:
    """New files in the inbox by feed, when it was listed last, if the database answers."""
    with suppress(SQLAlchemyError, WarehouseError):
        return {one.feed: one.file_count for one in waiting(settings)}
    return None


def _missing_deliveries(settings: Settings) -> list[dict[str, Any]] | None:
    """How many senders of each feed and period are missing, if the database answers."""
    with (
        suppress(SQLAlchemyError, WarehouseError),
        engine(settings, "ops_reader").connect() as connection,
    ):
        counts = Counter((one.feed, one.period) for one in missing(connection))
        return [
            {"feed": feed, "period": period, "count": count}
            for (feed, period), count in sorted(counts.items())
        ]
    return None


def _dag_count(service: Airflow) -> int | None:
    try:
        return service.dag_count()
    except psycopg.Error:
        return None


def _unread_dag_files(service: Airflow) -> list[str]:
    with suppress(psycopg.Error):
        return [file.name for file in service.unread_files()]
    return []


def _release(settings: Settings) -> dict[str, Any] | None:
    """The published release, if there is one and the database answers."""
    statement = "select release_id, published_at from ops.releases where status = 'current'"
    try:
        with engine(settings, "ops_reader").connect() as connection:
            row = connection.execute(text(statement)).one_or_none()
    except (SQLAlchemyError, WarehouseError):
        return None
    if row is None:
        return None
    return {"release_id": row.release_id, "published_at": row.published_at.isoformat()}


def _hold(settings: Settings) -> dict[str, Any] | None:
    """Why publishing is on hold, if it is and the database answers."""
    with suppress(SQLAlchemyError, psycopg.Error, WarehouseError):
        hold = read_hold(settings)
        return hold.as_dict() if hold else None
    return None


def _versions() -> dict[str, str]:
    return {name: importlib.metadata.version(name) for name in _PACKAGES}
