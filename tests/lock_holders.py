"""Processes that take a lock of the warehouse and keep it: stopped, killed, or at hard work."""

from __future__ import annotations

import time

from sqlalchemy import text

from health_warehouse.database.connections import engine
from health_warehouse.database.turns import take, turn
from health_warehouse.database.watchdog import watch
from health_warehouse.landing.file_lock import lock_file
from health_warehouse.settings import Settings

SHA256 = "0" * 64


def hold_a_turn(settings: Settings) -> None:
    """Have the turn of maintenance and do nothing."""
    with turn(settings, "maintainer", "maintenance", lambda: None):
        time.sleep(600)


def work_in_a_turn(settings: Settings) -> None:
    """Have the turn of maintenance and let other threads hardly come to their turn."""
    with turn(settings, "maintainer", "maintenance", lambda: None):
        while True:
            pass


def hold_a_load(settings: Settings) -> None:
    """Be in the middle of a load: the bytes claimed, and the turn of settling taken."""
    watch(settings, "loader")
    with engine(settings, "loader").begin() as connection:
        lock_file(connection, SHA256)
        take(connection, "settling")
        connection.execute(text("select 1"))
        time.sleep(600)
