"""Transactions of maintenance: short, and giving way to everybody else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from health_warehouse.database.connections import engine
from health_warehouse.database.turns import turn
from health_warehouse.database.watchdog import watch
from health_warehouse.settings import Settings

ROLE = "maintainer"
_GIVE_WAY = text("set local lock_timeout = '5s'")
# The server notices within a second that we were killed, and gives up our locks.
_WATCH = text("set local client_connection_check_interval = '1s'")


@contextmanager
def short_transaction(settings: Settings, role: str = ROLE) -> Iterator[Connection]:
    """One transaction; who waits longer than 5 s for a lock gets an OperationalError (55P03)."""
    watch(settings, role)
    with engine(settings, role).begin() as connection:
        connection.execute(_GIVE_WAY)
        connection.execute(_WATCH)
        yield connection


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """One step at a time, whoever started it; a second one waits."""
    with turn(settings, ROLE, "maintenance", waiting=lambda: None):
        yield
