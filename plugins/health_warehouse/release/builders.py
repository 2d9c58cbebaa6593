"""Sessions of those who build: a transaction of their role, and one that is alone at its work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from health_warehouse.database.connections import engine
from health_warehouse.errors import BuildFailed, SourceUnavailable
from health_warehouse.release import dbt
from health_warehouse.settings import Settings

WRITING_LOCK = 7_201_011


@contextmanager
def transformer(settings: Settings) -> Iterator[Connection]:
    """One transaction of role transformer. Raises SourceUnavailable when the database is away."""
    try:
        with engine(settings, "transformer").begin() as connection:
            yield connection
    except OperationalError as error:
        raise SourceUnavailable(
            f"the warehouse's database: {dbt.scrub(str(error.orig))}"
        ) from error


@contextmanager
def alone(settings: Settings) -> Iterator[Connection]:
    """A session that keeps every other builder out until the block ends or the process dies.

    Raises BuildFailed when another builder does not end within 15 minutes.
    """
    try:
        with engine(settings, "transformer").connect() as connection:
            connection.execute(text("set lock_timeout = '15min'"))
            _lock(connection)
            try:
                yield connection
            finally:
                _unlock(connection)
    except OperationalError as error:
        raise SourceUnavailable(
            f"the warehouse's database: {dbt.scrub(str(error.orig))}"
        ) from error


def _lock(connection: Connection) -> None:
    try:
        connection.execute(text("select pg_advisory_lock(:id)"), {"id": WRITING_LOCK})
        connection.commit()
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != "55P03":  # lock_not_available
            raise
        raise BuildFailed(
            "another builder has been writing the candidate for 15 minutes; "
            "end its process, or wait for it and build again"
        ) from error


def _unlock(connection: Connection) -> None:
    """The connection goes back to a pool, so the lock and the setting must not stay with it."""
    try:
        connection.rollback()
        connection.execute(text("select pg_advisory_unlock(:id)"), {"id": WRITING_LOCK})
        connection.execute(text("reset lock_timeout"))
        connection.commit()
    except OperationalError:
        connection.invalidate()  # the server is gone, and the lock with it
