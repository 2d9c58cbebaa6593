"""Bytes of the archive that nothing counts any more, older than their bound.

A file's bytes stay as long as one of its documents counts, whatever the bound: what `marts` hold
can be read again and shown as it was sent. Of check-ins there is no newer version: they stay, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, text

from health_warehouse.landing import archive
from health_warehouse.landing.file_lock import lock_file
from health_warehouse.landing.settling import lock_settling
from health_warehouse.maintenance.archived_bundles import bundle_batches, preview_bundles
from health_warehouse.maintenance.marks import mark, set_mark
from health_warehouse.maintenance.names import StepName
from health_warehouse.maintenance.sessions import short_transaction
from health_warehouse.maintenance.step import Batch, Removed, Step
from health_warehouse.settings import Settings

_NAME = StepName.REMOVE_ARCHIVED_FILES
_STRETCH = 2_000  # files looked at in one transaction
_MOST_STRETCHES = 25  # in one run
_DELETED_AT_ONCE = 100

_MAY_GO = """
    f.kind in (select feed from ops.feeds)
    and f.archive_state = 'kept' and f.judged_at is not null and f.loaded_at < :before
    and not exists (select from ops.current_documents as c where c.file_id = f.file_id)
"""
_PREVIEW = f"""
select count(*) as removed_count, coalesce(sum(byte_count), 0) as byte_count
from ops.files as f
where ({_MAY_GO}) or f.archive_state = 'leaving'
"""
_END_OF_STRETCH = """
select max(file_id) from (
    select file_id from ops.files
    where file_id > :last_id and loaded_at < :before order by file_id limit :stretch
) as stretch
"""
# Rows are locked before the lock of settling, as everywhere; then what counts is looked at again.
_LOCK = f"""
select f.file_id from ops.files as f
where f.file_id > :last_id and f.file_id <= :upto and {_MAY_GO}
order by f.file_id
for no key update skip locked
"""
_MARK = f"""
update ops.files as f set archive_state = 'leaving' where f.file_id = any(:file_ids) and {_MAY_GO}
"""
_LEAVING = "select sha256 from ops.files where archive_state = 'leaving' order by file_id limit :n"
_LEAVES = """
select archive_state from ops.files where sha256 = :sha256 and archive_state = 'leaving' for update
"""
_GONE = "update ops.files set archive_state = 'removed' where sha256 = :sha256"


def preview(settings: Settings, before: datetime) -> Removed:
    with short_transaction(settings) as connection:
        row = connection.execute(text(_PREVIEW), {"before": before}).one()
    return Removed(row.removed_count, int(row.byte_count)) + preview_bundles(settings, before)


def batches(settings: Settings, before: datetime) -> Iterator[Batch]:
    """Mark a stretch of files as leaving, then remove their bytes. First those of a killed run."""
    yield from _remove_leaving(settings)
    for _ in range(_MOST_STRETCHES):
        if not _mark_stretch(settings, before):
            break
        yield from _remove_leaving(settings)
    yield from bundle_batches(settings, before)


def _mark_stretch(settings: Settings, before: datetime) -> bool:
    """Whether there was a stretch; after the last one the round begins again."""
    with short_transaction(settings) as connection:
        values = {"last_id": mark(connection, _NAME), "before": before, "stretch": _STRETCH}
        upto: int | None = connection.execute(text(_END_OF_STRETCH), values).scalar_one()
        if upto is not None:
            values["upto"] = upto
            file_ids: list[int] = list(connection.execute(text(_LOCK), values).scalars())
            lock_settling(connection)
            connection.execute(text(_MARK), {"file_ids": file_ids, "before": before})
        set_mark(connection, _NAME, upto or 0)
    return upto is not None


def _remove_leaving(settings: Settings) -> Iterator[Batch]:
    while True:
        with short_transaction(settings) as connection:
            leaving: list[str] = list(
                connection.execute(text(_LEAVING), {"n": _DELETED_AT_ONCE}).scalars()
            )
            if not leaving:
                return
            removed = Removed()
            for sha256 in sorted(leaving):
                removed += _remove(connection, settings, sha256)
            yield Batch(removed, connection)


def _remove(connection: Connection, settings: Settings, sha256: str) -> Removed:
    """Under the lock by which the loader takes a file: it keeps bytes that just came again."""
    lock_file(connection, sha256)
    if connection.execute(text(_LEAVES), {"sha256": sha256}).scalar() is None:
        return Removed()
    byte_count = archive.remove(settings, sha256)
    connection.execute(text(_GONE), {"sha256": sha256})
    return Removed(1, byte_count)


STEP = Step(
    _NAME,
    "files",
    lambda settings: settings.keep_archive_days,
    preview,
    batches,
)
