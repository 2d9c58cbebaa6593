"""One session of Postgres per thread of dbt, for as long as dbt runs, named after this process.

dbt closes its session after every model and test and opens another one for the next: 60 in a full
build, each 7 to 20 ms until it is there, and then it has to read the catalogue anew. Adapters may
keep theirs (dbt-snowflake has `reuse_connections`); that of Postgres has no setting for it.

Their name is that of the other sessions of the process, so that who waits for what they hold finds
its sign of life (database/watchdog.py); dbt's profile knows no process.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def sessions_kept(name: str) -> Iterator[None]:
    """In the block dbt's adapter for Postgres ends the transaction where it would close a session.

    Sessions have `name` as application_name, and are closed when dbt itself is done.
    """
    from dbt.adapters.contracts.connection import ConnectionState
    from dbt.adapters.postgres.connections import PostgresConnectionManager as Manager

    close, connect = Manager.release, Manager.open

    def keep(manager: Any) -> None:
        connection = manager.get_if_exists()
        is_open = connection is not None and connection.state == ConnectionState.OPEN
        if is_open and not connection.handle.closed:
            manager.rollback_if_open()
        else:
            close(manager)

    def name_and_connect(_class: Any, connection: Any) -> Any:
        connection.credentials.application_name = name
        return connect(connection)

    Manager.release, Manager.open = keep, classmethod(name_and_connect)
    try:
        yield
    finally:
        Manager.release, Manager.open = close, connect
