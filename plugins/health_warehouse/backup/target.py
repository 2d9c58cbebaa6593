"""The database that a restore fills: empty, or holding what a restore that was cut off left.

The mark of a restore under way is a schema in that same database, made while it was seen to be
empty and dropped with the last step. So whatever lies beside the mark came from a restore, and the
next one may drop it and begin again; without the mark nothing is ever dropped. A table in it is
locked by the one restore that is at work.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import LiteralString

import psycopg
from psycopg import sql
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from health_warehouse.backup.contents import schemas_there, server_major
from health_warehouse.backup.manifest import Manifest
from health_warehouse.database.connections import OWNER, driver_connection, engine
from health_warehouse.database.turns import stay_open
from health_warehouse.database.watchdog import watch
from health_warehouse.errors import ConfigurationError
from health_warehouse.settings import Settings

_MARK = "restore_under_way"
# In the mark, which only the owner may enter; it ends with the session of who restores.
_LOCK = "lock table restore_under_way.turn in exclusive mode nowait"
# Taken; made by another one at this moment; dropped, as another one has just ended.
_TAKEN = ("55P03", "23505", "42P06", "3F000", "42P01")


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
    watch(settings, OWNER)
    with engine(settings, OWNER).connect() as guard:
        try:
            _mark(guard, manifest)
            stay_open(guard)
            guard.execute(text(_LOCK))
        except (psycopg.Error, DBAPIError) as error:
            if getattr(getattr(error, "orig", error), "sqlstate", None) not in _TAKEN:
                raise
            raise ConfigurationError("another `warehouse restore` fills this database") from None
        with engine(settings, OWNER).begin() as connection:
            for schema in schemas_there(connection):
                _run(connection, "drop schema {} cascade", schema)
        yield
        _run(guard, "drop schema {} cascade", _MARK)
        guard.commit()


def _mark(guard: Connection, manifest: Manifest) -> None:
    """Commit the mark, in a database that has it already or is empty beside it.

    Of two restores that begin at once, the second waits for the name of the schema, and then fails.
    """
    if not _is_marked(guard):
        _run(guard, "create schema {}", _MARK)
        if schemas_there(guard):  # looked at again: a whole restore may have gone by
            guard.rollback()
    require_room(guard, manifest)
    _run(guard, "create table if not exists {}.turn ()", _MARK)
    guard.commit()


def _is_marked(connection: Connection) -> bool:
    found = connection.execute(text("select to_regnamespace(:mark) is not null"), {"mark": _MARK})
    return bool(found.scalar_one())


def _run(connection: Connection, statement: LiteralString, schema: str) -> None:
    query = sql.SQL(statement).format(sql.Identifier(schema))
    driver_connection(connection).cursor().execute(query)
