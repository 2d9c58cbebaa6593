"""What a database of ours holds, as one snapshot shows it."""

from __future__ import annotations

from psycopg import sql
from sqlalchemy import Connection, text

from health_warehouse.database import grants
from health_warehouse.database.connections import driver_connection
from health_warehouse.database.rights import schemas
from health_warehouse.database.roles import ROLES, role_name
from health_warehouse.errors import ConfigurationError
from health_warehouse.settings import Settings

# Row security is forced in marts, so pg_dump must run under it. It then sees all rows exactly if
# a permissive policy without a condition is for us, and no restrictive policy is there.
_HIDDEN = text(
    """
    select format('%I.%I', relnamespace::regnamespace, relname)
    from pg_class
    where relkind in ('r', 'p') and relnamespace::regnamespace::text = any (:schemas)
        and row_security_active(oid)
        and (
            exists (select from pg_policy where polrelid = pg_class.oid and not polpermissive)
            or not exists (
                select from pg_policy
                cross join unnest(polroles) as reader
                where polrelid = pg_class.oid and polpermissive and polcmd in ('*', 'r')
                    and (reader = 0 or pg_has_role(reader, 'usage'))
                    and pg_get_expr(polqual, polrelid) = 'true'
            )
        )
    order by 1
    """
)


def schemas_there(connection: Connection) -> list[str]:
    """Those of our schemas that the database has."""
    return list(
        connection.execute(
            text("select nspname::text from pg_namespace where nspname = any (:ours) order by 1"),
            {"ours": sorted(schemas())},
        ).scalars()
    )


def require_all_visible(connection: Connection) -> None:
    """Raises ConfigurationError when a policy may hide rows from the owner, and so from a dump."""
    found = connection.execute(_HIDDEN, {"schemas": sorted(schemas())})
    hidden: list[str] = list(found.scalars())
    if hidden:
        raise ConfigurationError(
            f"row security may hide rows of {', '.join(hidden)} from the owner, and a backup would "
            "lack them: drop the policies that `warehouse` did not make, and publish once"
        )


def count_rows(connection: Connection) -> dict[str, int]:
    """Rows of every table of ours by schema.table. Reads all of them."""
    tables = connection.execute(
        text(
            "select schemaname::text, tablename::text from pg_tables"
            " where schemaname = any (:schemas) order by 1, 2"
        ),
        {"schemas": sorted(schemas())},
    ).all()
    cursor = driver_connection(connection).cursor()
    counts = {}
    for one in tables:
        schema, table = str(one.schemaname), str(one.tablename)
        query = sql.SQL("select count(*) from {}").format(sql.Identifier(schema, table))
        [counts[f"{schema}.{table}"]] = cursor.execute(query).fetchone() or (0,)
    return counts


def owners(connection: Connection, settings: Settings) -> dict[str, str]:
    """The role, without prefix, of every table and view that one of our roles made."""
    ours = {role_name(settings, role): role for role in ROLES}
    return {
        f"{relation.schema}.{relation.name}": ours[relation.owner]
        for relation in grants.relations(connection)
        if relation.owner in ours
    }


def give_owners(connection: Connection, settings: Settings, wanted: dict[str, str]) -> None:
    """Each relation of `wanted` to its role, which may create in that schema already."""
    cursor = driver_connection(connection).cursor()
    for name, role in wanted.items():
        schema, _, table = name.partition(".")
        cursor.execute(
            sql.SQL("alter table {} owner to {}").format(
                sql.Identifier(schema, table), sql.Identifier(role_name(settings, role))
            )
        )


def archived_names(connection: Connection) -> tuple[set[str], set[str]]:
    """sha256 of all that the ledger names, and of that which the archive must have: what
    loaded or is not read yet, and was not removed by maintenance."""
    rows = connection.execute(
        text(
            "select sha256, status <> 'refused' and archive_state = 'kept' as is_loaded"
            " from ops.files"
            " union all select sha256, false from ops.bundles"
        )
    ).all()
    return {row.sha256 for row in rows}, {row.sha256 for row in rows if row.is_loaded}


def server_major(connection: Connection) -> int:
    return int(connection.execute(text("show server_version_num")).scalar_one()) // 10000
