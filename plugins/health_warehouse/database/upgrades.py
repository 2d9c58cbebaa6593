"""Whether the data of this warehouse are those of an older version.

A migration changes the schema at once; what it cannot change at once (keys made with the secret,
marts of another shape) it notes in `ops.upgrades`. Until `warehouse upgrade` has done that, nothing
is loaded, built or published: rows of two kinds must never stand side by side.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from health_warehouse.database.connections import engine
from health_warehouse.errors import ConfigurationError
from health_warehouse.settings import Settings

_PENDING = text("select name from ops.upgrades where finished_at is null order by name")


def pending(connection: Connection) -> list[str]:
    """Names of the upgrades that are not finished."""
    return list(connection.execute(_PENDING).scalars())


def require_upgraded(settings: Settings, role: str) -> None:
    """Raises ConfigurationError, naming the command, while an upgrade is due."""
    with engine(settings, role).connect() as connection:
        if pending(connection):
            raise ConfigurationError(
                "the data of this warehouse are those of an older version: run `warehouse upgrade` "
                "(`warehouse upgrade --dry-run` says what it will do)"
            )
