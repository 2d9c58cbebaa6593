"""`warehouse readers drop`: shut the login first, then end its sessions, then clear and drop it.

Each step is committed before the next. Whatever stops one, the login is dead by then, and the same
command goes on where the last one was stopped.
"""

from __future__ import annotations

from psycopg import errors, sql
from sqlalchemy import text

from health_warehouse.database.connections import (
    OWNER,
    driver_connection,
    engine,
    forget_reader_password,
)
from health_warehouse.database.reader_groups import GROUPS
from health_warehouse.database.readers import end_sessions, server_role
from health_warehouse.database.roles import role_name
from health_warehouse.errors import ConfigurationError
from health_warehouse.settings import Settings

_SHUT = sql.SQL("alter role {} nologin password null connection limit 0")
_IS_READER = text(
    """
    select exists (
        select from pg_roles
        where rolname = :role and not rolsuper and (rolcanlogin or rolconnlimit = 0)
            and exists (
                select from unnest(cast(:groups as text[])) as one
                where pg_has_role(pg_roles.oid, one, 'member')
            )
    )
    """
)
_HALF_DROPPED = text(
    """
    select rolname::text from pg_roles
    where not rolcanlogin and rolconnlimit = 0 and not rolsuper
        and exists (
            select from unnest(cast(:groups as text[])) as one
            where pg_has_role(pg_roles.oid, one, 'member')
        )
    order by 1
    """
)


def drop_reader(settings: Settings, name: str, by: str) -> None:
    """Remove a login, its sessions, its scopes, and all that it owns or was granted here.

    Raises ConfigurationError when it is built in, no reader, or not ours to shut; or, when the
    login is shut already, with what is left and how to finish.
    """
    if name in GROUPS:
        raise ConfigurationError(f"{name} is a role of the warehouse itself; take its scopes away")
    login = server_role(settings, name)
    _shut(settings, name, login, by)
    forget_reader_password(settings, name)
    again = f"then run `warehouse readers drop {name}` again"
    if running := _end_sessions(settings, login):
        raise ConfigurationError(
            f"{name} can log in no more and its scopes ended, but {running} of its sessions do not "
            f"end: end their processes on the server, {again}"
        )
    try:
        _clear(settings, login)
    except (errors.DependentObjectsStillExist, errors.InsufficientPrivilege) as error:
        left = error.diag.message_detail or error.diag.message_primary
        raise ConfigurationError(
            f"{name} can log in no more, its sessions and scopes ended, but the role stays: {left}."
            f" Remove that as who owns it or as a superuser, {again}"
        ) from None
    except errors.LockNotAvailable:
        raise ConfigurationError(
            f"{name} can log in no more, its sessions and scopes ended, but the role stays: "
            f"somebody uses what it owns. `warehouse doctor` names who; {again}"
        ) from None


def half_dropped(settings: Settings) -> list[str]:
    """Logins that are shut and whose roles are still there, by their names on the server."""
    with engine(settings, OWNER).connect() as connection:
        values = {"groups": [role_name(settings, group) for group in GROUPS]}
        return list(connection.execute(_HALF_DROPPED, values).scalars())


def _shut(settings: Settings, name: str, login: str, by: str) -> None:
    with engine(settings, OWNER).begin() as connection:
        values = {"role": login, "groups": [role_name(settings, group) for group in GROUPS]}
        if not connection.execute(_IS_READER, values).scalar_one():
            raise ConfigurationError(f"{name} is no reader; see `warehouse readers list`")
        connection.execute(
            text(
                "update ops.reader_scopes set revoked_at = clock_timestamp(), revoked_by = :by"
                " where role_name = :role and revoked_at is null"
            ),
            {"role": login, "by": by},
        )
        try:
            driver_connection(connection).execute(_SHUT.format(sql.Identifier(login)))
        except errors.InsufficientPrivilege:
            raise ConfigurationError(
                f"{name} was made by somebody else, and nothing was changed: who made it, or a "
                f"superuser, shuts it by `alter role {login} nologin password null`"
            ) from None


def _end_sessions(settings: Settings, login: str) -> int:
    """How many did not end."""
    with engine(settings, OWNER).begin() as connection:
        return end_sessions(driver_connection(connection).cursor(), login)


def _clear(settings: Settings, login: str) -> None:
    """`drop owned`: what it owns in this database, and what it was granted here by whomever."""
    role = sql.Identifier(login)
    with engine(settings, OWNER).begin() as connection:
        driver = driver_connection(connection)
        driver.execute("set local lock_timeout = '30s'")
        driver.execute(sql.SQL("drop owned by {}").format(role))
        driver.execute(sql.SQL("drop role {}").format(role))
