"""Checks of logins: how readers' sessions begin, what they hold, what every login may do."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from health_warehouse.database.connections import OWNER, engine
from health_warehouse.database.public_rights import public_rights
from health_warehouse.database.reader_groups import GROUPS, logins, seeing_everything
from health_warehouse.database.reader_removal import half_dropped
from health_warehouse.database.readers import begin, wanted_sessions
from health_warehouse.database.rights import all_rights
from health_warehouse.database.roles import role_name
from health_warehouse.database.server_grants import KEEPS_SLOTS, without_slots
from health_warehouse.database.sessions import differing
from health_warehouse.doctor.finding import Finding
from health_warehouse.settings import Settings

_MANY = text(
    """
    select usename::text as name, count(*) as used
    from pg_stat_activity
    where usename = any (:names) and backend_type = 'client backend'
    group by usename
    having count(*) >= 0.8 * :limit
    order by 1
    """
)
_RESERVED = text("select current_setting('reserved_connections')::int")


def sessions(settings: Settings) -> Iterator[Finding]:
    """A login may change how its own sessions begin, and no longer see one release in a report."""
    with engine(settings, OWNER).connect() as connection:
        wanted = wanted_sessions(connection, settings) | {
            role_name(settings, role): begin(settings, role) for role in all_rights()
        }
        for login, differs in differing(connection, wanted).items():
            listed = "; ".join(f"{name} is {found}, not {value}" for name, found, value in differs)
            yield Finding(
                "session settings",
                "warning",
                f"sessions of {login} begin otherwise than they should: {listed}",
                "warehouse migrate; of a login that you made yourself, as who made it: "
                f"alter role {login} set … (docs/runbooks/readers.md)",
            )


def connections(settings: Settings) -> Iterator[Finding]:
    """Readers that take many connections, and whether some are kept for us."""
    with engine(settings, OWNER).connect() as connection:
        names = list(wanted_sessions(connection, settings))
        limit = settings.reader_connections
        for row in connection.execute(_MANY, {"names": names, "limit": limit}).all():
            yield Finding(
                "connections",
                "warning",
                f"{row.name} has {row.used} connections, of {limit} that a reader may have",
                f"ask who uses it; end them by `warehouse readers rotate {row.name}`, or raise "
                "WAREHOUSE_READER_CONNECTIONS and run `warehouse migrate`",
            )
        if not connection.execute(_RESERVED).scalar_one():
            yield Finding(
                "connections",
                "warning",
                "the server keeps no connections for us: many readers together can take all",
                "set reserved_connections = 20 on the server and restart it "
                "(docs/operations/guide.md)",
            )
        if lacking := without_slots(connection, settings):
            yield Finding(
                "connections",
                "warning",
                f"{', '.join(lacking)} may not take the connections that the server keeps",
                f"as a superuser: grant {KEEPS_SLOTS} to {', '.join(lacking)}",
            )


def groups(settings: Settings) -> Iterator[Finding]:
    """Logins that read more than one of our groups may, or less than their scopes say."""
    with engine(settings, OWNER).connect() as connection:
        try:
            connection.execute(text("set local lock_timeout = '2s'"))
            seeing = seeing_everything(connection)
        except OperationalError:
            return  # somebody holds the table: the check of locks names who
        for login in logins(connection, settings):
            wanted = login.wanted_group(seeing)
            if login.is_mixed:
                yield Finding(
                    "readers",
                    "error",
                    f"{login.name} reads rows and reports with closed cases "
                    f"({', '.join(login.groups)}): their difference is the number of closed cases",
                    f"take one group away: revoke {login.groups[0]} from {login.name}",
                )
            elif login.name not in {role_name(settings, group) for group in GROUPS} and (
                login.group != wanted
            ):
                yield Finding(
                    "readers",
                    "warning",
                    f"{login.name} is in group {login.group}, its scopes ask for "
                    f"{wanted}: it sees no row",
                    f"as who made it: revoke {login.group} from {login.name}; "
                    f"grant {wanted} to {login.name}",
                )


def public(settings: Settings) -> Iterator[Finding]:
    """What every login may do, and need not."""
    with engine(settings, OWNER).connect() as connection:
        for right in public_rights(connection):
            yield Finding(
                "rights of all",
                "warning",
                f"every login can {right.what}",
                "warehouse migrate" if right.is_ours else f"as a superuser: {right.revoke}",
            )


def dropped(settings: Settings) -> Iterator[Finding]:
    """Logins that somebody began to drop."""
    for login in half_dropped(settings):
        yield Finding(
            "readers",
            "warning",
            f"{login} is shut, and its role is still there",
            f"warehouse readers drop {login.removeprefix(settings.role_prefix)}",
        )
