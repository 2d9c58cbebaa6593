"""The database that a restore fills: empty, or holding what a restore that was cut off left.

The mark of a restore under way is a schema in that same database, made while it was seen to be
empty and dropped with the last step. So whatever lies beside the mark came from a restore, and the
next one may drop it and begin again; without the mark nothing is ever dropped.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import LiteralString

from psycopg import sql
from sqlalchemy import Connection, text

from health_warehouse.backup.contents import schemas_there, server_major
from health_warehouse.backup.manifest import Manifest
from health_warehouse.database.connections import OWNER, driver_connection, engine
from health_warehouse.errors import ConfigurationError
from health_warehouse.settings import Settings

_MARK = "restore_under_way"
_LOCK = 7_201_021


def require_room(connection: Connection, manifest: Manifest) -> None:
    """Raises ConfigurationError when the database holds a warehouse, or is too old for the dump."""
    major = server_major(connection)
    if major < manifest.postgres:
        raise ConfigurationError(
            f"the backup is of Postgres {manifest.postgres}, which a server {major} cannot read"
        )
    taken = schemas_there(connection)
    if taken and not _is_marked(connection):
        raise ConfigurationError(
            f"the database is not empty, it has schemas {', '.join(taken)}: a backup is restored "
            "into a new state folder (WAREHOUSE_STATE) or an empty database (WAREHOUSE_DSN) only"
        )


@contextmanager
def marked(settings: Settings, manifest: Manifest) -> Iterator[None]:
    """Mark the database, empty it of what a restore left; take the mark away if all went well.

    Raises ConfigurationError as `require_room`, and when another restore is at work.
    """
    with engine(settings, OWNER).connect() as pooled:
        guard = pooled.execution_options(isolation_level="AUTOCOMMIT")
        try:
            if not guard.execute(text("select pg_try_advisory_lock(:id)"), {"id": _LOCK}).scalar():
                raise ConfigurationError("another `warehouse restore` fills this database")
            with engine(settings, OWNER).begin() as connection:
                require_room(connection, manifest)
                _run(connection, "create schema if not exists {}", _MARK)
                for schema in schemas_there(connection):
                    _run(connection, "drop schema {} cascade", schema)
            yield
            with engine(settings, OWNER).begin() as connection:
                _run(connection, "drop schema {}", _MARK)
        finally:
            guard.invalidate()  # closes the session, and the lock goes with it


def _is_marked(connection: Connection) -> bool:
    found = connection.execute(text("select to_regnamespace(:mark) is not null"), {"mark": _MARK})
    return bool(found.scalar_one())


def _run(connection: Connection, statement: LiteralString, schema: str) -> None:
    query = sql.SQL(statement).format(sql.Identifier(schema))
    driver_connection(connection).cursor().execute(query)
