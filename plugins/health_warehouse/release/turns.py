"""One run by hand after another: a second one waits its turn, and then finds its work done.

Without it, each run that starts would end the build of the one before, and several could keep each
other from ever publishing. Runs of Airflow do not wait here: `build_release` has one at a time, and
a build that is overtaken by the other kind says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import text

from health_warehouse.database.connections import engine
from health_warehouse.settings import Settings

_TURN_LOCK = 7_201_012


@contextmanager
def turn(settings: Settings, waiting: Callable[[], None]) -> Iterator[None]:
    """Have the turn until the block ends or the process dies; `waiting` is called if it must wait.

    Autocommit, so that a session that only holds the lock keeps no snapshot, and vacuum can work.
    """
    with engine(settings, "transformer").connect() as pooled:
        connection = pooled.execution_options(isolation_level="AUTOCOMMIT")
        lock = {"id": _TURN_LOCK}
        if not connection.execute(text("select pg_try_advisory_lock(:id)"), lock).scalar_one():
            waiting()
            connection.execute(text("select pg_advisory_lock(:id)"), lock)
        try:
            yield
        finally:
            connection.invalidate()  # closes the session, and the lock goes with it
