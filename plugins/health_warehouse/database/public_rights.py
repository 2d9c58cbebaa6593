"""What PUBLIC, and so every login, may do in a new database of Postgres, and need not.

Temporary tables fill the disk, and so do large objects, which besides belong to who made them: a
login that owns some cannot be dropped. Of ours, only roles that roles.yml names make the former.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from psycopg import sql
from sqlalchemy import Connection, text

from health_warehouse.database.connections import driver_connection
from health_warehouse.database.rights import all_rights
from health_warehouse.database.roles import role_name
from health_warehouse.settings import Settings

# Those by which a large object is made or grows. Only a superuser may revoke them.
_MAKE_LARGE_OBJECTS = (
    "lo_creat(integer)",
    "lo_create(oid)",
    "lo_from_bytea(oid, bytea)",
    "lo_put(oid, bigint, bytea)",
    "lowrite(integer, bytea)",
    "lo_truncate(integer, integer)",
    "lo_truncate64(integer, bigint)",
)
REVOKE_LARGE_OBJECTS = f"revoke execute on function {', '.join(_MAKE_LARGE_OBJECTS)} from public"
_FOUND = text(
    """
    select
        format('%I', datname) as database,
        has_database_privilege('public', oid, 'temporary') as makes_tables,
        pg_has_role(datdba, 'usage') as is_ours,
        has_schema_privilege('public', 'public', 'create') as makes_in_public,
        (select pg_has_role(nspowner, 'usage') from pg_namespace where nspname = 'public')
            as public_is_ours,
        (
            select bool_or(has_function_privilege('public', one, 'execute'))
            from unnest(cast(:functions as regprocedure[])) as one
        ) as makes_large_objects,
        (select rolsuper from pg_roles where rolname = current_user) as is_superuser
    from pg_database
    where datname = current_catalog
    """
)
_MAKES_TABLES = text("select has_database_privilege(:role, current_catalog, 'temporary')")


@dataclass(frozen=True)
class PublicRight:
    """One that every login has. `revoke` takes it away; `is_ours`: we may do that."""

    what: str
    revoke: str
    is_ours: bool


def public_rights(connection: Connection) -> Iterator[PublicRight]:
    """Those that should not be there."""
    row = connection.execute(_FOUND, {"functions": list(_MAKE_LARGE_OBJECTS)}).one()
    if row.makes_tables:
        revoke = f"revoke temporary on database {row.database} from public"
        yield PublicRight("make temporary tables", revoke, row.is_ours)
    if row.makes_in_public:
        revoke = "revoke create on schema public from public"
        yield PublicRight("make tables in the schema public", revoke, row.public_is_ours)
    if row.makes_large_objects:
        yield PublicRight("make large objects", REVOKE_LARGE_OBJECTS, row.is_superuser)


def revoke_public_rights(connection: Connection, settings: Settings) -> None:
    """Take away those that we may, and let our own roles make temporary tables. Idempotent.

    `warehouse doctor` names what we may not take away.
    """
    for right in list(public_rights(connection)):
        if right.is_ours:
            connection.execute(text(right.revoke))
    driver = driver_connection(connection)
    for role in all_rights().values():
        name = role_name(settings, role.name)
        if not role.makes_temporary_tables:
            continue
        if not connection.execute(_MAKES_TABLES, {"role": name}).scalar_one():
            driver.execute(
                sql.SQL("grant temporary on database {} to {}").format(
                    sql.Identifier(driver.info.dbname), sql.Identifier(name)
                )
            )
