"""A turn: one at a time in the whole warehouse, as long as a block lasts or its process lives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import text

from health_warehouse.database.connections import engine
from health_warehouse.settings import Settings


@contextmanager
def turn(
    settings: Settings, role: str, lock_id: int, waiting: Callable[[], None]
) -> Iterator[None]:
    """Have the turn of `lock_id` until the block ends; `waiting` is called if it must wait.

    Autocommit, so that a session that only holds the lock keeps no snapshot, and vacuum can work.
    """
    with engine(settings, role).connect() as pooled:
        connection = pooled.execution_options(isolation_level="AUTOCOMMIT")
        lock = {"id": lock_id}
        if not connection.execute(text("select pg_try_advisory_lock(:id)"), lock).scalar_one():
            waiting()
            connection.execute(text("select pg_advisory_lock(:id)"), lock)
        try:
            yield
        finally:
            connection.invalidate()  # closes the session, and the lock goes with it
