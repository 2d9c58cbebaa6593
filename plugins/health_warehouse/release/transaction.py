"""The one transaction in which a release changes: publication or roll-back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import Cursor, errors
from psycopg.rows import namedtuple_row
from psycopg.sql import SQL, Composed
from sqlalchemy.exc import DBAPIError

from health_warehouse.database.connections import driver_connection, engine
from health_warehouse.database.watchdog import watch
from health_warehouse.errors import PublishConflict, ReleaseHeld
from health_warehouse.settings import Settings

ReleaseCursor = Cursor[Any]

_CONFLICTS = (errors.SerializationFailure, errors.DeadlockDetected, errors.LockNotAvailable)
_SETTINGS = (
    "set local lock_timeout = '5min'",
    # the server notices within a second that the publisher was killed, and gives up its locks
    "set local client_connection_check_interval = '1s'",
)
# Publications exclude each other by this lock, held to the end. LOCK takes no snapshot, so the
# snapshot of the transaction is of after the wait: one of before it would let an older release
# overwrite a newer one.
_ONE_AT_A_TIME = "lock table ops.releases in share row exclusive mode"


@contextmanager
def release_transaction(settings: Settings) -> Iterator[ReleaseCursor]:
    """A cursor of the publisher in one repeatable-read transaction, alone among publishers.

    Commits at the end of the block. Raises PublishConflict when another transaction stood in the
    way, ReleaseHeld when the rows break a key of the marts; nothing is changed then.
    """
    watch(settings, "publisher")
    with engine(settings, "publisher").connect() as pooled:
        connection = pooled.execution_options(isolation_level="REPEATABLE READ")
        try:
            with connection.begin():
                cursor = driver_connection(connection).cursor(row_factory=namedtuple_row)
                for statement in (*_SETTINGS, _ONE_AT_A_TIME):
                    cursor.execute(statement)
                yield cursor
        except (errors.Error, DBAPIError) as error:
            cause = error.orig if isinstance(error, DBAPIError) else error
            raise _translated(cause) from error


@contextmanager
def reading_transaction(settings: Settings) -> Iterator[ReleaseCursor]:
    """A cursor of the publisher in one repeatable-read transaction that cannot write."""
    with engine(settings, "publisher").connect() as pooled:
        connection = pooled.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        with connection.begin():
            yield driver_connection(connection).cursor(row_factory=namedtuple_row)


def fetch_row(cursor: ReleaseCursor, query: str | SQL | Composed, parameters: Any = None) -> Any:
    """The first row of a query that always has one, as a named tuple."""
    row = cursor.execute(query, parameters).fetchone()
    if row is None:
        raise LookupError(f"a query that always has a row had none: {query!r}")
    return row


def _translated(error: BaseException | None) -> BaseException:
    if isinstance(error, _CONFLICTS):
        return PublishConflict(
            f"another session stood in the way ({type(error).__name__}): publish again"
        )
    if isinstance(error, errors.IntegrityError):  # without the detail: it holds values of the row
        where = f"{error.diag.constraint_name} of {error.diag.schema_name}.{error.diag.table_name}"
        return ReleaseHeld(f"the candidate breaks {where}; nothing was published")
    return error if error is not None else RuntimeError("database error without a cause")
