"""Several statements in one exchange with the server.

The ways there and back took longer than the work of a small file, and most files are small.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Connection

from health_warehouse.database.connections import driver_connection
from health_warehouse.errors import SourceUnavailable, WarehouseError

Driver = psycopg.Connection[Any]

_DATA_ERRORS = ("22", "23", "54")  # SQLSTATE classes that trying again does not cure


@contextmanager
def together(connection: Connection) -> Iterator[Driver]:
    """Statements of the block are sent at once; their cursors have results after it.

    Each has a snapshot of its own, as if sent alone: what stands behind a lock sees what was
    committed while it waited. Raises what `told_without_rows` makes of errors.
    """
    try:
        driver = driver_connection(connection)
        with driver.pipeline():
            yield driver
    except psycopg.Error as error:
        raise told_without_rows(error, "writing to the ledger") from None


def told_without_rows(error: psycopg.Error, what: str) -> WarehouseError:
    """Postgres quotes the whole row in its message: patients must not reach a log."""
    message = f"{what} failed (SQLSTATE {error.sqlstate or 'connection lost'})"
    if (error.sqlstate or "")[:2] in _DATA_ERRORS:
        return WarehouseError(message)
    return SourceUnavailable(message)
