"""A turn: one at a time in the whole warehouse, as long as a transaction or its process lives.

A turn is taken by `lock table` on its view `ops.turn_…`. That needs the right to update the view,
which no reader has; an advisory lock can be taken by any login. LOCK takes no snapshot:
what is read after it is of after the wait, and a transaction that does nothing else holds back no
vacuum. The mode is EXCLUSIVE: stronger, it would take a transaction id, which does hold it back,
and stop pg_dump; weaker, it would not exclude itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Literal

from psycopg import sql
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from health_warehouse.database.connections import engine
from health_warehouse.database.watchdog import watch
from health_warehouse.settings import Settings

Turn = Literal["settling", "opening", "writing", "run", "maintenance", "alerts", "person_key"]

LOCK_NOT_AVAILABLE = "55P03"
_STAY = text(
    "select set_config(name, '0', true) from pg_settings"
    " where name in ('idle_in_transaction_session_timeout', 'transaction_timeout')"
)
_WAIT_FOR = text("select set_config('lock_timeout', :patience, true)")
_IS_TAKEN = text(
    """
    select exists (
        select from pg_locks
        where locktype = 'relation' and granted and mode = 'ExclusiveLock'
            and database = (select oid from pg_database where datname = current_catalog)
            and relation = any (cast(:views as regclass[]))
    )
    """
)


def take(connection: Connection, name: Turn, *, wait: bool = True) -> None:
    """Have the turn until the open transaction ends.

    Raises OperationalError (55P03) when it is taken and we do not wait, or not for so long.
    """
    statement = sql.SQL("lock table {} in exclusive mode{}").format(
        sql.Identifier("ops", f"turn_{name}"), sql.SQL("" if wait else " nowait")
    )
    connection.exec_driver_sql(statement.as_string())


@contextmanager
def turn(
    settings: Settings,
    role: str,
    name: Turn,
    waiting: Callable[[], None],
    patience: str = "0",
) -> Iterator[None]:
    """Have the turn until the block ends; `waiting` is called if it must wait.

    Raises OperationalError (55P03) when it is not free after `patience`, as Postgres writes times.
    """
    watch(settings, role)
    with engine(settings, role).connect() as connection:
        try:
            stay_open(connection)
            take(connection, name, wait=False)
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
                raise
            connection.rollback()
            waiting()
            stay_open(connection)
            connection.execute(_WAIT_FOR, {"patience": patience})
            take(connection, name)
        try:
            yield
        finally:
            with suppress(OperationalError):  # a session that was ended has no turn any more
                connection.rollback()


def stay_open(connection: Connection) -> None:
    """Let the server not end the open transaction for being idle or long, as it may be told to."""
    connection.execute(_STAY)


def is_taken(connection: Connection, *names: Turn) -> bool:
    """Whether some process has one of these turns: they end with its session."""
    views = {"views": [f"ops.turn_{name}" for name in names]}
    return bool(connection.execute(_IS_TAKEN, views).scalar_one())
