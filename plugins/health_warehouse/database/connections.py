"""SQLAlchemy engines, one per role. The passwords lie in the state folder, mode 0600."""

from __future__ import annotations

import json
import os
import secrets
import socket
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import psycopg
from pydantic import SecretStr
from sqlalchemy import URL, Connection, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError

from health_warehouse.database.roles import ROLES, role_name
from health_warehouse.errors import ConfigurationError
from health_warehouse.settings import Settings

OWNER = "owner"  # who may migrate: the user of WAREHOUSE_DSN
_SECRETS_FILE = "database.json"
_READER = "reader:"  # before the names of readers in that file


def stored_secrets(settings: Settings) -> dict[str, str]:
    """Passwords by name (`owner_dsn`, `superuser`, roles, readers); empty before the first `up`."""
    path = settings.secrets_dir / _SECRETS_FILE
    try:
        state = path.stat()
    except FileNotFoundError:
        return {}
    return dict(_read(path, state.st_ino, state.st_mtime_ns))


@lru_cache(maxsize=8)  # asked for every transaction; a new file is written beside, then renamed
def _read(path: Path, _inode: int, _changed_at: int) -> dict[str, str]:
    return dict(json.loads(path.read_text()))


def store_secrets(settings: Settings, values: dict[str, str]) -> None:
    """Write atomically, mode 0600, in a folder of mode 0700."""
    folder = settings.secrets_dir
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f".{_SECRETS_FILE}.{secrets.token_hex(4)}"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(values, file, indent=1)
    path.rename(folder / _SECRETS_FILE)


def ensure_role_passwords(settings: Settings) -> dict[str, str]:
    values = stored_secrets(settings)
    missing = [role for role in ROLES if role not in values]
    for role in missing:
        values[role] = secrets.token_urlsafe(24)
    if missing:
        store_secrets(settings, values)
    return values


def store_reader_password(settings: Settings, name: str, password: str) -> None:
    store_secrets(settings, stored_secrets(settings) | {_READER + name: password})


def reader_password(settings: Settings, name: str) -> str | None:
    """None for a login that `warehouse readers` did not make."""
    return stored_secrets(settings).get(_READER + name)


def forget_reader_password(settings: Settings, name: str) -> None:
    values = stored_secrets(settings)
    values.pop(_READER + name, None)
    store_secrets(settings, values)


def owner_url(settings: Settings) -> URL:
    """Where the warehouse is: WAREHOUSE_DSN, else the embedded server of the state folder.

    Raises ConfigurationError when neither is there.
    """
    if settings.dsn is not None:
        return url_of("WAREHOUSE_DSN", settings.dsn).set(drivername="postgresql+psycopg")
    if settings.dsn_conn_id:
        raise ConfigurationError(
            "the warehouse is in WAREHOUSE_DSN_CONN_ID, which only Airflow's tasks read: "
            "set WAREHOUSE_DSN here"
        )
    stored = stored_secrets(settings).get("owner_dsn")
    if not stored:
        raise ConfigurationError(
            f"no warehouse in {settings.state}: run `warehouse up`, or set WAREHOUSE_DSN"
        )
    return make_url(stored).set(drivername="postgresql+psycopg")


def url_of(name: str, value: SecretStr) -> URL:
    """Raises ConfigurationError that names the setting and shows nothing of it."""
    with suppress(ArgumentError, ValueError):  # the latter: a port that is no number
        url = make_url(value.get_secret_value())
        if url.get_backend_name() in ("postgresql", "postgres"):
            return url
    raise ConfigurationError(
        f"{name} is no URL of a Postgres: write postgresql://user:password@host:port/name, with "
        "%40 for an @ in the password (its value is not shown: it may hold one)"
    )


def role_url(settings: Settings, role: str) -> URL:
    """URL of one role, OWNER, or a reader made here, for SQLAlchemy with psycopg.

    `str(url)` hides the password. Raises ConfigurationError when there is no password of that name.
    """
    base = owner_url(settings)
    if role == OWNER:
        return base
    values = stored_secrets(settings)
    if role in ROLES and role in values:
        return base.set(username=role_name(settings, role), password=values[role])
    if _READER + role in values:
        return base.set(username=settings.role_prefix + role, password=values[_READER + role])
    raise ConfigurationError(
        f"role {role} has no password yet: run `warehouse up`"
        if role in ROLES
        else f"there is no role {role}: it is none of {', '.join((*ROLES, OWNER))}, "
        "nor was it made by `warehouse readers create`"
    )


def dsn(settings: Settings, role: str) -> str:
    """The URL in the form that psql and BI tools take, password included."""
    url = role_url(settings, role).set(drivername="postgresql")
    return url.render_as_string(hide_password=False)


def engine(settings: Settings, role: str) -> Engine:
    """Pooled engine of one role; the same object for the same URL in this process."""
    return _engine(role_url(settings, role).render_as_string(hide_password=False), role)


def dispose_engines() -> None:
    """Close every pooled connection of this process."""
    while _ENGINES:
        _ENGINES.popitem()[1].dispose()


_ENGINES: dict[str, Engine] = {}


def _engine(url: str, role: str) -> Engine:
    if url not in _ENGINES:
        _ENGINES[url] = create_engine(
            url,
            pool_pre_ping=True,
            connect_args={"application_name": session_name(role), "connect_timeout": 10},
        )
    return _ENGINES[url]


def session_name(role: str) -> str:
    """application_name of the sessions of a role in this process: which process, and where.

    At most 54 of the 63 bytes that Postgres keeps: watchdog.py puts a word after it.
    """
    return f"warehouse {role} {os.getpid()}@{socket.gethostname()[:20]}"


def driver_connection(connection: Connection) -> psycopg.Connection[Any]:
    """The psycopg connection under a SQLAlchemy one, in the same transaction: for COPY."""
    raw = connection.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)  # noqa: S101 - the engines above are all psycopg
    return raw


def copy_rows(
    connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> int:
    """COPY `rows` into `schema.table` in the open transaction; returns how many were written."""
    schema, name = table.split(".")
    statement = psycopg.sql.SQL("copy {} ({}) from stdin").format(
        psycopg.sql.Identifier(schema, name),
        psycopg.sql.SQL(", ").join(map(psycopg.sql.Identifier, columns)),
    )
    count = 0
    with driver_connection(connection).cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count
