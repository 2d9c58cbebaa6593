"""The lock by which one process at a time loads or removes the bytes of one hash."""

from __future__ import annotations

from sqlalchemy import Connection, text

_FILE_LOCK = 7_201_002


def lock_file(connection: Connection, sha256: str) -> None:
    """Be alone with these bytes until the open transaction ends."""
    connection.execute(
        text("select pg_advisory_xact_lock(:class, :key)"),
        {"class": _FILE_LOCK, "key": int(sha256[:8], 16) - 2**31},
    )
