"""The marts of an older version, which no publication can change into those of this one."""

from __future__ import annotations

from psycopg import sql
from sqlalchemy import Connection, text

from health_warehouse.marts.contracts import STORES
from health_warehouse.release.reader_views import READERS
from health_warehouse.release.transaction import release_transaction
from health_warehouse.settings import Settings

_SCHEMAS = [*(store.schema for store in STORES), *READERS]
_VIEWS_OF_OTHERS = text(
    """
    select distinct format('%I.%I', owner_schema.nspname, views.relname)
    from pg_depend as needs
    join pg_rewrite as rules on rules.oid = needs.objid and needs.classid = 'pg_rewrite'::regclass
    join pg_class as views on views.oid = rules.ev_class
    join pg_namespace as owner_schema on owner_schema.oid = views.relnamespace
    join pg_class as tables
        on tables.oid = needs.refobjid and needs.refclassid = 'pg_class'::regclass
    where tables.relnamespace::regnamespace::text = any (:schemas)
        and not views.relnamespace::regnamespace::text = any (:schemas)
    order by 1
    """
)


def views_of_others(connection: Connection) -> list[str]:
    """Views outside our schemas that select from a mart: they go with it."""
    return list(connection.execute(_VIEWS_OF_OTHERS, {"schemas": _SCHEMAS}).scalars())


def drop_former_marts(settings: Settings, build_id: int) -> int:
    """Drop all tables and views of the marts, and what releases replaced; how many tables.

    The build becomes the first one after them: it is based on no release, and older releases are
    ended, so that nothing is rolled back to them. One transaction.
    """
    with release_transaction(settings) as cursor:
        tables = cursor.execute(
            "select relnamespace::regnamespace::text as schema, relname::text as name,"
            " relkind::text from pg_class where relkind in ('r', 'v')"
            " and (relnamespace::regnamespace::text = any(%s)"
            " or relnamespace = 'ops'::regnamespace and starts_with(relname, 'replaced_'))"
            " order by relkind desc, 1, 2",
            [_SCHEMAS],
        ).fetchall()
        for table in tables:
            kind = sql.SQL("view" if table.relkind == "v" else "table")
            cursor.execute(
                sql.SQL("drop {} if exists {} cascade").format(
                    kind, sql.Identifier(table.schema, table.name)
                )
            )
        cursor.execute("update ops.releases set status = 'replaced' where status = 'current'")
        cursor.execute("update ops.releases set replaced_rows = 'removed'")
        cursor.execute(
            "update ops.builds set base_release_id = null where build_id = %s", [build_id]
        )
        return sum(table.relkind == "r" for table in tables)
