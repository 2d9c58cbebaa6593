"""Former readings of files that were read again, once no build or roll-back needs them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from psycopg import sql
from sqlalchemy import Connection, text

from health_warehouse.database.connections import driver_connection
from health_warehouse.landing.claims.raw_rows import RAW_TABLES
from health_warehouse.landing.settling import lock_settling
from health_warehouse.maintenance.names import StepName
from health_warehouse.maintenance.needed_changes import oldest_needed_change
from health_warehouse.maintenance.sessions import short_transaction
from health_warehouse.maintenance.step import Batch, Removed, Step
from health_warehouse.settings import Settings

_MAY_GO = """
    again.judged_at is not null
    and not exists (
        select from ops.current_documents as c where c.file_id = again.read_again_of
    )
    and not exists (
        select from ops.document_changes as replaced
        where replaced.old_file_id = again.read_again_of and replaced.change_id > :needed
    )
"""
_PREVIEW = f"select count(*) from ops.files as again where read_again_of is not null and {_MAY_GO}"
_NEXT = f"""
select again.read_again_of from ops.files as again
where again.read_again_of is not null and {_MAY_GO}
order by again.read_again_of
limit 1
for no key update of again skip locked
"""
_DELETE_ROWS = sql.SQL(
    "with gone as (delete from {table} as t where t.file_id = %s"
    " returning pg_column_size(t.*) as byte_count)"
    " select coalesce(sum(byte_count), 0) from gone"
)
_TABLES = (
    *RAW_TABLES, "quarantine.findings", "quarantine.relation_findings", "quarantine.originals",
    "ops.document_versions", "ops.delivery_partitions",
    "ops.delivery_sheets", "ops.check_run_files",
)  # fmt: skip
# Of a feed whose contract is gone, too.
_TABLE_OF_FEED = text(
    """
    select 'raw.' || feed from ops.feeds
    where is_of_rows and feed = (select kind from ops.files where file_id = :file_id)
    """
)
_FORGET = (
    text("update ops.files set read_again_of = null where read_again_of = :file_id"),
    text("delete from ops.files where file_id = :file_id"),
)


def preview(settings: Settings, _before: datetime) -> Removed:
    with short_transaction(settings) as connection:
        values = {"needed": oldest_needed_change(connection)}
        return Removed(connection.execute(text(_PREVIEW), values).scalar_one())


def batches(settings: Settings, _before: datetime) -> Iterator[Batch]:
    """One file per transaction: it was loaded in one, too."""
    while True:
        with short_transaction(settings) as connection:
            values = {"needed": oldest_needed_change(connection)}
            file_id: int | None = connection.execute(text(_NEXT), values).scalar()
            if file_id is None:
                return
            lock_settling(connection)
            yield Batch(_remove(connection, file_id), connection)


def _remove(connection: Connection, file_id: int) -> Removed:
    byte_count = 0
    of_feed: Iterable[str] = connection.execute(_TABLE_OF_FEED, {"file_id": file_id}).scalars()
    for table in (*of_feed, *_TABLES):
        statement = _DELETE_ROWS.format(table=sql.Identifier(*table.split(".")))
        row = driver_connection(connection).execute(statement, [file_id]).fetchone()
        byte_count += int(row[0]) if row else 0
    for forget in _FORGET:
        connection.execute(forget, {"file_id": file_id})
    return Removed(1, byte_count)


STEP = Step(
    StepName.REMOVE_FORMER_READINGS,
    "files",
    None,  # what can be read again from the archive is kept no longer than it is needed
    preview,
    batches,
)
