"""Airflow's own database: read, never written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import URL

# Ours to read, not to change, and never to be waited for: whatever Airflow does goes first.
_OPTIONS = "-c default_transaction_read_only=on -c statement_timeout=20s -c lock_timeout=5s"


@contextmanager
def metadata_connection(address: URL) -> Iterator[psycopg.Connection[Any]]:
    """A connection that cannot write and sees what was committed when it was opened, no more.

    So what is read of the warehouse afterwards is never older: a task that is seen to have failed
    had stored its incident before. Raises psycopg.OperationalError when there is no server.
    """
    url = address.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(
        url,
        connect_timeout=10,
        options=_OPTIONS,
        application_name="warehouse alert_sender",
        row_factory=namedtuple_row,
    ) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.execute("select")  # the first statement takes the snapshot
        yield connection
