"""One session of Postgres per thread of dbt, for as long as dbt runs.

dbt closes its session after every model and test and opens another one for the next: 60 in a full
build, each 7 to 20 ms until it is there, and then it has to read the catalogue anew. Adapters may
keep theirs (dbt-snowflake has `reuse_connections`); that of Postgres has no setting for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def sessions_kept() -> Iterator[None]:
    """In the block dbt's adapter for Postgres ends the transaction where it would close a session.

    Sessions are closed when dbt itself is done.
    """
    from dbt.adapters.contracts.connection import ConnectionState
    from dbt.adapters.postgres.connections import PostgresConnectionManager as Manager

    close = Manager.release

    def keep(manager: Any) -> None:
        connection = manager.get_if_exists()
        is_open = connection is not None and connection.state == ConnectionState.OPEN
        if is_open and not connection.handle.closed:
            manager.rollback_if_open()
        else:
            close(manager)

    Manager.release = keep
    try:
        yield
    finally:
        Manager.release = close
