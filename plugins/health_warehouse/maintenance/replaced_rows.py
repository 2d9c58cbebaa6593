"""What releases replaced (`ops.replaced_…`): of releases that were rolled back, and of old ones.

What the current release replaced stays, whatever the bound: by it the release is taken back. A
release is marked first, alone among publishers, and from then on cannot be rolled back; then its
rows go, batch by batch.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from psycopg import sql
from sqlalchemy import Connection, text

from health_warehouse.database.connections import driver_connection
from health_warehouse.maintenance.names import StepName
from health_warehouse.maintenance.sessions import short_transaction
from health_warehouse.maintenance.step import Batch, Removed, Step
from health_warehouse.settings import Settings

_ROLE = "publisher"  # row security lets nobody else at these rows
_BATCH = 10_000

_MAY_GO = """
    replaced_rows = 'kept' and status <> 'current'
    and (status = 'rolled_back' or published_at < :before)
"""
# As publishing does: a table lock takes no snapshot, so we see what others did while we waited.
_ALONE = text("lock table ops.releases in share row exclusive mode")
_MARK = text(f"update ops.releases set replaced_rows = 'leaving' where {_MAY_GO}")
_PREVIEW = text(
    f"""
    select coalesce(sum(cast(replaced.value as bigint)), 0)
    from ops.releases
    cross join lateral (
        select value from jsonb_each_text(rows_deleted)
        union all
        select value from jsonb_each_text(rows_inserted)
    ) as replaced
    where base_release_id is not null and ({_MAY_GO} or replaced_rows = 'leaving')
    """
)
_LEAVING = text(
    "select release_id from ops.releases where replaced_rows = 'leaving' order by release_id"
)
_TABLES = text(
    "select tablename from pg_tables"
    " where schemaname = 'ops' and starts_with(tablename, 'replaced_') order by tablename"
)
_DELETE = sql.SQL(
    "with chosen as (select ctid from {table} where release_id = any(%s) limit %s),"
    " gone as (delete from {table} as t using chosen where t.ctid = chosen.ctid"
    " returning pg_column_size(t.*) as byte_count)"
    " select count(*), coalesce(sum(byte_count), 0) from gone"
)
_GONE = text("update ops.releases set replaced_rows = 'removed' where release_id = any(:ids)")


def preview(settings: Settings, before: datetime) -> Removed:
    with short_transaction(settings, _ROLE) as connection:
        return Removed(int(connection.execute(_PREVIEW, {"before": before}).scalar_one()))


def batches(settings: Settings, before: datetime) -> Iterator[Batch]:
    with short_transaction(settings, _ROLE) as connection:
        connection.execute(_ALONE)
        connection.execute(_MARK, {"before": before})
    with short_transaction(settings, _ROLE) as connection:
        leaving: list[int] = list(connection.execute(_LEAVING).scalars())
        tables: list[str] = list(connection.execute(_TABLES).scalars())
    if not leaving:
        return
    for table in tables:
        removed = Removed(_BATCH)
        while removed.count == _BATCH:
            with short_transaction(settings, _ROLE) as connection:
                removed = _delete(connection, table, leaving)
                yield Batch(removed, connection)
    with short_transaction(settings, _ROLE) as connection:
        connection.execute(_GONE, {"ids": leaving})


def _delete(connection: Connection, table: str, releases: list[int]) -> Removed:
    statement = _DELETE.format(table=sql.Identifier("ops", table))
    row = driver_connection(connection).execute(statement, [releases, _BATCH]).fetchone()
    return Removed(int(row[0]), int(row[1])) if row else Removed()


STEP = Step(
    StepName.REMOVE_REPLACED_ROWS,
    "rows",
    lambda settings: settings.keep_replaced_days,
    preview,
    batches,
)
