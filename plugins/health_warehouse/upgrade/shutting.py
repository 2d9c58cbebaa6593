"""Readers' logins, shut while their tables are made anew, and opened again.

Which logins were shut is noted in the transaction that shuts them, so an upgrade that was killed
opens them at its end, and no login that somebody else had shut.
"""

from __future__ import annotations

from psycopg import sql
from sqlalchemy import Connection, text

from health_warehouse.database.connections import OWNER, driver_connection, engine
from health_warehouse.database.reader_groups import logins, may_change
from health_warehouse.database.readers import end_sessions
from health_warehouse.settings import Settings

_NOTE = text(
    "update ops.upgrades set readers_shut = array("
    " select distinct one from unnest(readers_shut || cast(:names as text[])) as one order by one)"
    " where finished_at is null"
)
_SHUT = text("select distinct unnest(readers_shut) from ops.upgrades where finished_at is null")


def shut_readers(settings: Settings) -> list[str]:
    """Let no reader log in, and end their sessions; the logins, by their names on the server."""
    with engine(settings, OWNER).begin() as connection:
        names = [
            login.name
            for login in logins(connection, settings)
            if may_change(connection, login.name)
        ]
        connection.execute(_NOTE, {"names": names})
        _let_log_in(connection, names, is_open=False)
    with engine(settings, OWNER).begin() as connection:
        cursor = driver_connection(connection).cursor()
        for name in names:
            end_sessions(cursor, name)  # by the rights of the login, which the owner takes for it
            cursor.execute(sql.SQL("revoke {} from current_user").format(sql.Identifier(name)))
    return names


def open_readers(connection: Connection) -> list[str]:
    """Let those log in again that `shut_readers` shut."""
    names: list[str] = list(connection.execute(_SHUT).scalars())
    _let_log_in(connection, names, is_open=True)
    connection.execute(text("update ops.upgrades set readers_shut = '{}'"))
    return names


def _let_log_in(connection: Connection, names: list[str], *, is_open: bool) -> None:
    cursor = driver_connection(connection).cursor()
    word = sql.SQL("login" if is_open else "nologin")
    for name in names:
        cursor.execute(sql.SQL("alter role {} {}").format(sql.Identifier(name), word))
