"""Login roles of readers: a hospital, a BI tool, an analyst. Each is a member of one group.

Members inherit what the group may do, and cannot become it (`set role`): whoever could would read
by the scopes of the group. Groups: reader_groups.py. What rows a login sees: privacy/scopes.py.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Any

from psycopg import Cursor, errors, sql
from sqlalchemy import Connection, text

from health_warehouse.database.connections import (
    OWNER,
    driver_connection,
    engine,
    reader_password,
    store_reader_password,
)
from health_warehouse.database.reader_groups import (
    GROUPS,
    first_group,
    join_group,
    logins,
    may_change,
)
from health_warehouse.database.rights import all_rights
from health_warehouse.database.roles import ROLES, role_name
from health_warehouse.database.sessions import Begin, begin_sessions
from health_warehouse.database.verifiers import verifier
from health_warehouse.errors import ConfigurationError
from health_warehouse.settings import Settings

BUILT_IN = GROUPS
# They see the whole province from the start.
_OPENED = ("bi_reader", "hiv_reader", "report_reader")
_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")


@dataclass(frozen=True)
class Reader:
    """A login that may read. `name` is without the role prefix where it has it; `group` is the role
    of roles.yml whose rights it has."""

    name: str
    is_built_in: bool
    group: str
    sees_hiv: bool

    @property
    def reads_reports(self) -> bool:
        return self.group == "report_reader"


def create_reader(
    settings: Settings, name: str, sees_hiv: bool = False, reads_reports: bool = False
) -> Reader:
    """A new login without a scope: it sees no row until it is granted one.

    Raises ConfigurationError when the name is not one, or is taken, or when it shall read both rows
    and reports.
    """
    if sees_hiv and reads_reports:
        raise ConfigurationError(
            "a login reads rows (--hiv) or reports with closed cases (--reports), not both: their "
            "difference is the number of closed cases. Make two logins, for two people"
        )
    if not _NAME.fullmatch(name) or name in ROLES:
        raise ConfigurationError(
            f"{name!r} cannot be the name of a reader: lower-case letters, digits and _, "
            f"2 to 40, beginning with a letter, and none of {', '.join(ROLES)}"
        )
    password = secrets.token_urlsafe(24)
    server_name = settings.role_prefix + name
    login = sql.Identifier(server_name)
    with engine(settings, OWNER).begin() as connection:
        driver = driver_connection(connection)
        cursor = driver.cursor()
        try:
            cursor.execute(
                sql.SQL("create role {} login password {}").format(
                    login, verifier(driver, server_name, password)
                )
            )
        except errors.DuplicateObject:
            raise ConfigurationError(f"there is a role {name} already") from None
        group = first_group(sees_hiv, reads_reports)
        _admit(cursor, settings, server_name, group)
        store_reader_password(settings, name, password)
    return Reader(name, is_built_in=False, group=group, sees_hiv=sees_hiv)


def bring_back_reader(
    connection: Connection, settings: Settings, reader: Reader, password: str
) -> None:
    """A login of a backup, with the password that it had. Its scopes are rows of the dump; when
    they are there, `settle_groups` moves it to the group that they ask for."""
    driver = driver_connection(connection)
    cursor = driver.cursor()
    name = settings.role_prefix + reader.name
    known = cursor.execute("select 1 from pg_roles where rolname = %s", [name]).fetchone()
    verb = sql.SQL(
        "alter role {} login password {}" if known else "create role {} login password {}"
    )
    login = sql.Identifier(name)
    cursor.execute(verb.format(login, verifier(driver, name, password)))
    _admit(cursor, settings, name, reader.group)


def rotate_reader(settings: Settings, name: str) -> Reader:
    """A new password for a login made here; its sessions end, its scopes stay.

    Sessions end after the old password is dead, so that none comes back by it. Killed in between,
    it is done again. Raises ConfigurationError when the login is not one of ours.
    """
    reader = find_reader(settings, name)
    if reader.is_built_in:
        raise ConfigurationError(
            f"{name} is a role of the warehouse itself: see docs/security.md, When something leaked"
        )
    if reader_password(settings, name) is None:
        raise ConfigurationError(
            f"{name} was not made by `warehouse readers create`: who made it changes its password"
        )
    password = secrets.token_urlsafe(24)
    server_name = settings.role_prefix + name
    with engine(settings, OWNER).begin() as connection:
        driver = driver_connection(connection)
        driver.execute(
            sql.SQL("alter role {} password {}").format(
                sql.Identifier(server_name), verifier(driver, server_name, password)
            )
        )
        store_reader_password(settings, name, password)
    with engine(settings, OWNER).begin() as connection:
        cursor = driver_connection(connection).cursor()
        end_sessions(cursor, server_name)
        cursor.execute(sql.SQL("revoke {} from current_user").format(sql.Identifier(server_name)))
    return reader


def readers(settings: Settings) -> list[Reader]:
    """Every login that may read marts, the built-in ones first."""
    with engine(settings, OWNER).connect() as connection:
        return _readers(connection, settings)


def find_reader(settings: Settings, name: str) -> Reader:
    """Raises ConfigurationError when no login of that name may read marts."""
    for reader in readers(settings):
        if reader.name == name:
            return reader
    raise ConfigurationError(f"{name} is no reader; see `warehouse readers list`")


def server_role(settings: Settings, name: str) -> str:
    """The role's name in Postgres. A login made by an administrator may lack the prefix."""
    with engine(settings, OWNER).connect() as connection:
        names = [settings.role_prefix + name, name]
        rows = connection.execute(
            text("select rolname::text from pg_roles where rolname = any (:names)"),
            {"names": names},
        )
        known = {row.rolname for row in rows}
        return next((one for one in names if one in known), names[0])


def begin(settings: Settings, group: str) -> Begin:
    """How sessions of the role, or of a login that is a member of it, begin."""
    rights = all_rights()[group]
    limit = None if rights.has_reserved_slots else settings.reader_connections
    return Begin(rights.session, limit)


def renew_sessions(connection: Connection, settings: Settings) -> None:
    """Let sessions of all readers begin as they should, but of those that are not ours to change.

    `warehouse doctor` names these.
    """
    cursor = driver_connection(connection).cursor()
    for login, wanted in wanted_sessions(connection, settings).items():
        if may_change(connection, login):
            begin_sessions(cursor, login, wanted)


def wanted_sessions(connection: Connection, settings: Settings) -> dict[str, Begin]:
    """How the sessions of every login that may read marts should begin, by name on the server."""
    return {login.name: begin(settings, login.group) for login in logins(connection, settings)}


def open_to_built_in_readers(connection: Connection, settings: Settings) -> None:
    """All facilities for the department's own readers, once, in a new warehouse.

    It is a row like any other: shown by `scopes list`, taken away by `scopes revoke`.
    """
    connection.execute(
        text(
            "insert into ops.reader_scopes (role_name, granted_by, reason)"
            " select role_name, 'installation', 'the department''s own reader'"
            " from unnest(cast(:names as text[])) as role_name"
        ),
        {"names": [role_name(settings, role) for role in _OPENED]},
    )


def end_sessions(cursor: Cursor[Any], server_name: str) -> int:
    """End all sessions of a login; how many did not end within 5 s.

    Only who has the rights of a role may do that: the owner has them from here on.
    """
    login = sql.Identifier(server_name)
    cursor.execute(sql.SQL("grant {} to current_user with inherit true").format(login))
    ended = cursor.execute(
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = %s",
        [server_name],
    ).fetchall()
    return ended.count((False,))


def _admit(cursor: Cursor[Any], settings: Settings, server_name: str, group: str) -> None:
    login = sql.Identifier(server_name)
    join_group(cursor, login, sql.Identifier(role_name(settings, group)))
    begin_sessions(cursor, server_name, begin(settings, group))


def _readers(connection: Connection, settings: Settings) -> list[Reader]:
    found = []
    for login in logins(connection, settings):
        name = login.name.removeprefix(settings.role_prefix)
        found.append(Reader(name, name in BUILT_IN, login.group, login.sees_hiv))
    return sorted(found, key=lambda reader: (not reader.is_built_in, reader.name))
