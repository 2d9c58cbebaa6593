"""Rows in `raw` of dossier versions that were superseded before the bound.

The version stays in the ledger with its counts, so conservation holds. What stays in `raw`:

- what counts now, and what waits for its verdict or is quarantined;
- what a build may have to read: versions that were replaced since the oldest release that can
  still come back by a roll-back (dimensions lose the members that only an old version named);
- what the archive does not have: should a version come to count again, its rows are read from
  there (`landing/claims/kept_rows.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from psycopg import sql
from sqlalchemy import Connection, Row, text

from health_warehouse.database.connections import driver_connection
from health_warehouse.landing import archive
from health_warehouse.landing.claims.raw_rows import RAW_TABLES
from health_warehouse.landing.settling import lock_settling
from health_warehouse.maintenance.marks import mark, set_mark
from health_warehouse.maintenance.names import StepName
from health_warehouse.maintenance.needed_changes import oldest_needed_change
from health_warehouse.maintenance.sessions import short_transaction
from health_warehouse.maintenance.step import Batch, Removed, Step
from health_warehouse.settings import Settings

_NAME = StepName.REMOVE_SUPERSEDED_ROWS
_STRETCH = 500  # files looked at in one transaction
_MOST_STRETCHES = 200  # in one run
_VERSIONS_AT_ONCE = 2_000

_MAY_GO = """
    v.has_rows and v.verdict = 'accepted'
    and f.status = 'loaded' and f.judged_at is not null and f.archive_state = 'kept'
    and f.loaded_at < :before
    and not exists (
        select from ops.current_dossiers as c
        where c.file_id = v.file_id and c.position = v.position
    )
    and not exists (
        select from ops.dossier_changes as replaced
        where
            replaced.old_file_id = v.file_id and replaced.old_position = v.position
            and (replaced.changed_at >= :before or replaced.change_id > :needed)
    )
"""
_PREVIEW = f"""
select count(*) from ops.dossier_versions as v inner join ops.files as f using (file_id)
where {_MAY_GO}
"""
_END_OF_STRETCH = """
select max(file_id) from (
    select file_id from ops.files
    where file_id > :last_id and loaded_at < :before order by file_id limit :stretch
) as stretch
"""
# Rows are locked before the lock of settling, as everywhere; then what counts is looked at again.
_LOCK = f"""
select v.file_id, v.position, f.sha256
from ops.dossier_versions as v inner join ops.files as f using (file_id)
where v.file_id > :last_id and v.file_id <= :upto and v.file_id <> all(:unkept) and {_MAY_GO}
order by v.file_id, v.position
limit :most
for no key update of v skip locked
"""
_TAKE = f"""
update ops.dossier_versions as v set has_rows = false
from ops.files as f, unnest(cast(:file_ids as bigint[]), cast(:positions as integer[]))
    as chosen (file_id, position)
where
    v.file_id = chosen.file_id and v.position = chosen.position and f.file_id = v.file_id
    and {_MAY_GO}
returning v.file_id, v.position
"""
_DELETE = sql.SQL(
    "with gone as (delete from {table} as t"
    " using unnest(%s::bigint[], %s::integer[]) as chosen (file_id, position)"
    " where t.file_id = chosen.file_id and t.position = chosen.position"
    " returning pg_column_size(t.*) as byte_count)"
    " select count(*), coalesce(sum(byte_count), 0) from gone"
)


def preview(settings: Settings, before: datetime) -> Removed:
    """Versions; how many rows they have is known when they are removed."""
    with short_transaction(settings) as connection:
        values = {"before": before, "needed": oldest_needed_change(connection)}
        return Removed(connection.execute(text(_PREVIEW), values).scalar_one())


def batches(settings: Settings, before: datetime) -> Iterator[Batch]:
    for _ in range(_MOST_STRETCHES):
        with short_transaction(settings) as connection:
            last_id = mark(connection, _NAME)
            upto: int | None = connection.execute(
                text(_END_OF_STRETCH), {"last_id": last_id, "before": before, "stretch": _STRETCH}
            ).scalar_one()
        if upto is not None:
            yield from _remove_stretch(settings, before, last_id, upto)
        with short_transaction(settings) as connection:
            set_mark(connection, _NAME, upto or 0)
        if upto is None:
            return


def _remove_stretch(
    settings: Settings, before: datetime, last_id: int, upto: int
) -> Iterator[Batch]:
    unkept: set[int] = set()  # files that the ledger has as kept, and the archive has not
    while True:
        with short_transaction(settings) as connection:
            values = {
                "before": before,
                "needed": oldest_needed_change(connection),
                "last_id": last_id,
                "upto": upto,
                "unkept": sorted(unkept),
                "most": _VERSIONS_AT_ONCE,
            }
            found = connection.execute(text(_LOCK), values).all()
            if not found:
                return
            lacking = _lacking(settings, found)
            unkept |= lacking
            kept = [row for row in found if row.file_id not in lacking]
            lock_settling(connection)
            chosen = {
                "file_ids": [row.file_id for row in kept],
                "positions": [row.position for row in kept],
            }
            taken = connection.execute(text(_TAKE), values | chosen).all()
            yield Batch(_delete(connection, taken), connection)


def _lacking(settings: Settings, found: Sequence[Row[Any]]) -> set[int]:
    by_hash = {row.sha256: row.file_id for row in found}
    return {file_id for sha256, file_id in by_hash.items() if not archive.is_kept(settings, sha256)}


def _delete(connection: Connection, versions: Sequence[Row[Any]]) -> Removed:
    chosen = [[row.file_id for row in versions], [row.position for row in versions]]
    byte_count = 0
    for table in RAW_TABLES:
        statement = _DELETE.format(table=sql.Identifier(*table.split(".")))
        row = driver_connection(connection).execute(statement, chosen).fetchone()
        byte_count += int(row[1]) if row else 0
    return Removed(len(versions), byte_count)


STEP = Step(
    _NAME,
    "dossier versions",
    lambda settings: settings.keep_superseded_days,
    preview,
    batches,
)
