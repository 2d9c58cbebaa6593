"""The lock by which one process at a time loads or removes the bytes of one hash."""

from __future__ import annotations

from sqlalchemy import Connection, text

from health_warehouse.landing.exchange import Driver

_FILE_LOCK = 7_201_002


def lock_file(connection: Connection, sha256: str) -> None:
    """Be alone with these bytes until the open transaction ends."""
    connection.execute(
        text("select pg_advisory_xact_lock(:class, :key)"),
        {"class": _FILE_LOCK, "key": _number(sha256)},
    )


def send_lock(driver: Driver, sha256: str) -> None:
    """The same as the first of several statements."""
    driver.execute(
        "select pg_advisory_xact_lock(%s::integer, %s::integer)", (_FILE_LOCK, _number(sha256))
    )


def _number(sha256: str) -> int:
    return int(sha256[:8], 16) - 2**31
