"""What only the operator of a server can give to the owner of the warehouse; all of it is optional.

Our own servers, the embedded one and that of compose, give it. On another one `warehouse doctor`
names what is missing.
"""

from __future__ import annotations

from psycopg import sql
from sqlalchemy import Connection, text

from health_warehouse.database.connections import driver_connection
from health_warehouse.database.rights import all_rights
from health_warehouse.database.roles import role_name
from health_warehouse.settings import Settings

KEEPS_SLOTS = "pg_use_reserved_connections"
FOR_OWNER = (
    # sessions of the builder need not compress the log
    "grant set on parameter wal_compression to {}",
    # a reader's sort ends at a bound, not with the disk
    "grant set on parameter temp_file_limit to {}",
    # `warehouse doctor` tells what sessions of other roles do
    "grant pg_read_all_stats to {}",
    # our roles connect when readers have taken all other connections
    f"grant {KEEPS_SLOTS} to {{}} with admin option",
)
_MAY_GRANT = text("select pg_has_role(:role, 'member with admin option')")


def for_owner(owner: str) -> list[sql.Composed]:
    """The statements, for a superuser."""
    return [sql.SQL(statement).format(sql.Identifier(owner)) for statement in FOR_OWNER]


def slots_for(role: str) -> sql.Composed:
    """The statement that lets a role take the reserved connections."""
    return sql.SQL("grant {} to {}").format(sql.Identifier(KEEPS_SLOTS), sql.Identifier(role))


def reserve_slots(connection: Connection, settings: Settings) -> None:
    """Let our working roles take the reserved connections, where we may. Idempotent."""
    if not connection.execute(_MAY_GRANT, {"role": KEEPS_SLOTS}).scalar_one():
        return
    for role in without_slots(connection, settings):
        driver_connection(connection).execute(slots_for(role))


def without_slots(connection: Connection, settings: Settings) -> list[str]:
    """Working roles, by their names on the server, that may not take reserved connections."""
    workers = [one.name for one in all_rights().values() if one.has_reserved_slots]
    names = [role_name(settings, role) for role in workers]
    rows = connection.execute(
        text(
            "select rolname::text from pg_roles where rolname = any (:names)"
            " and not pg_has_role(rolname, :slots, 'usage') order by 1"
        ),
        {"names": names, "slots": KEEPS_SLOTS},
    )
    return list(rows.scalars())
