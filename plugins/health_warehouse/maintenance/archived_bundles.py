"""Bundles (.zip, .gz) of the archive: one goes when every claim file out of it has gone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import text

from health_warehouse.landing import archive
from health_warehouse.maintenance.marks import mark, set_mark
from health_warehouse.maintenance.names import StepName
from health_warehouse.maintenance.sessions import short_transaction
from health_warehouse.maintenance.step import Batch, Removed
from health_warehouse.settings import Settings

_NAME, _PART = StepName.REMOVE_ARCHIVED_FILES, ":bundles"
_STRETCH = 500
_MOST_STRETCHES = 25

# `~>=~` and `~<~` compare byte by byte, as the index does; '0' is the character after '/'.
_MAY_GO = """
    b.archive_state = 'kept' and b.seen_at < :before
    and not exists (
        select from ops.file_receipts as r
        inner join ops.files as f using (file_id)
        where
            r.uri operator(pg_catalog.~>=~) (b.uri || '!/')
            and r.uri operator(pg_catalog.~<~) (b.uri || '!0')
            and f.archive_state <> 'removed'
    )
"""
_PREVIEW = f"""
select count(distinct b.sha256) from ops.bundles as b
where ({_MAY_GO}) or b.archive_state = 'leaving'
"""
_END_OF_STRETCH = """
select max(bundle_id) from (
    select bundle_id from ops.bundles
    where bundle_id > :last_id and seen_at < :before order by bundle_id limit :stretch
) as stretch
"""
_MARK = f"""
update ops.bundles as b set archive_state = 'leaving'
where b.bundle_id > :last_id and b.bundle_id <= :upto and {_MAY_GO}
"""
_LEAVING = """
select distinct sha256 from ops.bundles where archive_state = 'leaving' order by sha256 limit :n
"""
# The same bundle may lie at several places; and one that could not be opened is a file of its own.
_IS_NEEDED = """
select
    exists (select from ops.bundles where sha256 = :sha256 and archive_state = 'kept')
    or exists (select from ops.files where sha256 = :sha256 and archive_state <> 'removed')
"""
_GONE = """
update ops.bundles set archive_state = 'removed'
where sha256 = :sha256 and archive_state = 'leaving'
"""


def preview_bundles(settings: Settings, before: datetime) -> Removed:
    """How many would go, were their files gone already; their sizes are not in the ledger."""
    with short_transaction(settings) as connection:
        return Removed(connection.execute(text(_PREVIEW), {"before": before}).scalar_one())


def bundle_batches(settings: Settings, before: datetime) -> Iterator[Batch]:
    yield from _remove_leaving(settings)
    for _ in range(_MOST_STRETCHES):
        if not _mark_stretch(settings, before):
            return
        yield from _remove_leaving(settings)


def _mark_stretch(settings: Settings, before: datetime) -> bool:
    with short_transaction(settings) as connection:
        last_id = mark(connection, _NAME, _PART)
        values = {"last_id": last_id, "before": before, "stretch": _STRETCH}
        upto: int | None = connection.execute(text(_END_OF_STRETCH), values).scalar_one()
        if upto is not None:
            connection.execute(text(_MARK), values | {"upto": upto})
        set_mark(connection, _NAME, upto or 0, _PART)
    return upto is not None


def _remove_leaving(settings: Settings) -> Iterator[Batch]:
    while True:
        with short_transaction(settings) as connection:
            leaving: list[str] = list(connection.execute(text(_LEAVING), {"n": 100}).scalars())
            if not leaving:
                return
            removed = Removed()
            for sha256 in leaving:
                if not connection.execute(text(_IS_NEEDED), {"sha256": sha256}).scalar_one():
                    removed += Removed(1, archive.remove(settings, sha256))
                connection.execute(text(_GONE), {"sha256": sha256})
            yield Batch(removed, connection)
