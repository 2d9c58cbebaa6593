"""What models that the project no longer has left in dbt's schemas."""

from __future__ import annotations

import logging
from collections.abc import Collection

from psycopg import sql
from sqlalchemy import Connection, text
from sqlalchemy.exc import InternalError

from health_warehouse.database.connections import driver_connection

log = logging.getLogger(__name__)

_MADE_BY_DBT = text(
    """
    select
        namespace.nspname as schema,
        relation.relname as name,
        relation.relkind::text = 'v' as is_view
    from pg_class as relation
    join pg_namespace as namespace on namespace.oid = relation.relnamespace
    where namespace.nspname in ('staging', 'intermediate', 'candidate')
        and relation.relkind in ('r', 'v')
        and relation.relowner = current_user::regrole
    order by 1, 2
    """
)


def drop_former_models(connection: Connection, present: Collection[str]) -> list[str]:
    """Drop the tables and views of dbt that are not `present`, named `schema.name`; which.

    For the end of a full build, which made all that the project has. What a view of somebody else
    reads stays, and is logged.
    """
    if not present:  # nothing is known of the project
        return []
    found = connection.execute(_MADE_BY_DBT).all()
    former = [one for one in found if f"{one.schema}.{one.name}" not in present]
    dropped = []
    for is_view, kind in ((True, "view"), (False, "table")):
        names = [(one.schema, one.name) for one in former if one.is_view == is_view]
        if names and _drop(connection, kind, names):
            dropped += [".".join(name) for name in names]
    return dropped


def _drop(connection: Connection, kind: str, names: list[tuple[str, str]]) -> bool:
    statement = sql.SQL("drop {} {}").format(
        sql.SQL(kind), sql.SQL(", ").join(sql.Identifier(*name) for name in names)
    )
    listed = ", ".join(".".join(name) for name in names)
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(statement.as_string(driver_connection(connection)))
    except InternalError:  # other objects depend on it
        log.warning("former %ss stay, for something else reads them: %s", kind, listed)
        return False
    log.info("former %ss dropped: %s", kind, listed)
    return True
