"""The claim by which one process at a time loads or removes the bytes of one hash.

A row of `ops.file_claims`, inserted and deleted in the claimer's transaction: who inserts the same
hash meanwhile waits for its end, and the row is there for nobody. So a claim ends with its session,
however that ends, and leaves nothing to clear; and only who may insert there can stand in the way.
"""

from __future__ import annotations

from sqlalchemy import Connection

from health_warehouse.landing.exchange import Driver

_CLAIM = (
    "insert into ops.file_claims (sha256) values (%(sha256)s)",
    "delete from ops.file_claims where sha256 = %(sha256)s",
)


def lock_file(connection: Connection, sha256: str) -> None:
    """Be alone with these bytes until the open transaction ends."""
    for statement in _CLAIM:
        connection.exec_driver_sql(statement, {"sha256": sha256})


def send_lock(driver: Driver, sha256: str) -> None:
    """The same as the first of several statements."""
    for statement in _CLAIM:
        driver.execute(statement, {"sha256": sha256})
