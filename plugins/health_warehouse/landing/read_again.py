"""Read archived files again with today's parser, in place of what an older one read.

The new reading is loaded as a file of its own, beside the former one, which keeps its rows. So
nothing that a build may be reading changes under it, and builds see from the log which version
replaced which. Receipts and hash move to the new reading at once; what counts moves when it is
judged, dossier by dossier, as with any newer delivery. Until then the former reading counts.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, text

from health_warehouse.database.connections import engine
from health_warehouse.database.upgrades import require_upgraded
from health_warehouse.database.watchdog import watch
from health_warehouse.errors import FileUnavailable
from health_warehouse.feeds.catalogue import catalogue
from health_warehouse.landing.archive import ArchivedFile, is_kept, require_archive
from health_warehouse.landing.exchange import together
from health_warehouse.landing.file_lock import lock_file
from health_warehouse.landing.further_receipts import note_receipt
from health_warehouse.landing.reading import Received, count_rows, read_into_raw, send_entry
from health_warehouse.landing.routing import path_below
from health_warehouse.landing.scope import Scope
from health_warehouse.privacy.key_state import STATE, require_key
from health_warehouse.privacy.known_key import agreed_person_key
from health_warehouse.settings import Settings

log = logging.getLogger(__name__)

_ROLE = "maintainer"
_CHOSEN = text(
    """
    select
        f.file_id, f.sha256, f.byte_count, f.kind, f.status, f.dossier_count, f.line_count,
        f.row_counts,
        coalesce(f.facility_id, '') as facility_id, first.path, first.uri,
        (
            select count(*) from ops.current_documents as c
            where c.feed = f.kind and c.file_id = f.file_id and not c.is_withdrawal
        ) as counting
    from ops.files as f
    left join lateral (
        select r.path, r.uri from ops.file_receipts as r
        where r.file_id = f.file_id
        order by r.received_at, r.file_name collate "C", r.uri collate "C"
        limit 1
    ) as first on true
    where
        f.kind in (select feed from ops.feeds)
        and f.judged_at is not null and f.archive_state = 'kept'
        and (cast(:facility_id as text) is null or f.facility_id = :facility_id)
        and (
            cast(:first as date) is null
            or f.received_at >= cast(:first as timestamp) at time zone 'Asia/Ho_Chi_Minh'
        )
        and (
            cast(:last as date) is null
            or f.received_at
            < (cast(:last as timestamp) + interval '1 day') at time zone 'Asia/Ho_Chi_Minh'
        )
    order by f.file_id
    """
)
_STILL_THERE = text(
    """
    select
        file_id, sha256, byte_count, received_at, file_name,
        (
            select r.uri from ops.file_receipts as r
            where r.file_id = ops.files.file_id
            order by r.received_at, r.file_name collate "C", r.uri collate "C"
            limit 1
        ) as uri,
        (
            select r.path from ops.file_receipts as r
            where r.file_id = ops.files.file_id
            order by r.received_at, r.file_name collate "C", r.uri collate "C"
            limit 1
        ) as path
    from ops.files
    where file_id = :file_id and sha256 = :sha256 and judged_at is not null
    for update
    """
)
_STEP_ASIDE = text(
    "update ops.files set sha256 = :stand_in, archive_state = 'removed' where file_id = :file_id"
)
_SUCCEED = text(
    """
    insert into ops.files (sha256, byte_count, received_at, file_name, status, read_again_of)
    values (:sha256, :byte_count, :received_at, :file_name, 'loaded', :file_id)
    returning file_id
    """
)
_MOVE_RECEIPTS = text("update ops.file_receipts set file_id = :successor where file_id = :file_id")
_RECEIPTS = text(
    "select uri, path, received_at from ops.file_receipts where file_id = :file_id"
    " order by received_at"
)
# What was found wrong with the former reading is not told beside what is found now.
_FORGET_FINDINGS = (
    text("delete from quarantine.findings where file_id = :file_id"),
    text("delete from quarantine.relation_findings where file_id = :file_id"),
    text("delete from quarantine.originals where file_id = :file_id"),
)


@dataclass
class Change:
    """What reading again does to the files of one facility. `counting`: dossiers that count now and
    are built again; `differing`: files with another number of rows than before; `blank_rows`: rows
    that tell of no event, as read today. Left as they are:
    `unreadable` files, which today's parser refuses, and those that the archive has not."""

    files: int = 0
    counting: int = 0
    dossiers_before: int = 0
    dossiers_after: int = 0
    lines_before: int = 0
    lines_after: int = 0
    blank_rows: int = 0
    differing: int = 0
    unreadable: int = 0
    not_archived: int = 0


def preview(settings: Settings, scope: Scope) -> dict[str, Change]:
    """Parse the files of the scope and count, by facility ('': unknown); nothing is written.

    Raises SourceUnavailable.
    """
    found: defaultdict[str, Change] = defaultdict(Change)
    for row in _chosen(settings, scope):
        change = found[row.facility_id]
        archived = ArchivedFile(row.sha256, row.byte_count)
        if not is_kept(settings, row.sha256):
            change.not_archived += 1
            continue
        try:
            path = row.path or path_below(settings, row.uri or "")
            reading = count_rows(settings, archived, row.kind, path)
        except FileUnavailable:
            require_archive(settings)
            change.unreadable += 1
            continue
        if reading.refusal is not None:
            change.unreadable += 1
            continue
        change.files += 1
        change.counting += row.counting
        change.dossiers_before += row.dossier_count
        change.lines_before += row.line_count
        change.dossiers_after += reading.tally.dossiers + reading.tally.documents
        change.lines_after += reading.tally.lines
        change.blank_rows += reading.tally.blanks.total()
        change.differing += row.row_counts != dict(+reading.tally.rows)
    return dict(found)


def chosen_files(settings: Settings, scope: Scope) -> list[tuple[int, str]]:
    """Id and sha256 of the files of a scope."""
    return [(row.file_id, row.sha256) for row in _chosen(settings, scope)]


def read_again(
    settings: Settings, files: Sequence[tuple[int, str]], *, is_upgrading: bool = False
) -> list[int]:
    """Read files (id, sha256) again, each in a transaction of its own; ids of the new readings.

    They are not judged yet: `landing.judging.check_files` is next, and the next ingestion does it
    when we are killed before. Passed over is a file that was read again meanwhile, one whose bytes
    are not there or cannot be read, and one that today's parser refuses: what was read of it goes
    on counting.
    Raises SourceUnavailable, ConfigurationError when the person key is not this warehouse's.
    """
    if not is_upgrading:
        require_upgraded(settings, _ROLE)
    key = agreed_person_key(settings)
    watch(settings, _ROLE)
    successors = []
    for file_id, digest in files:
        with engine(settings, _ROLE).connect() as connection:
            try:
                successor = _read_one(connection, settings, key, file_id, digest)
            except FileUnavailable as error:
                require_archive(settings)
                log.warning("left as it was: %s", error)
                successor = None
            if successor is None:
                connection.rollback()
                continue
            connection.commit()
            successors.append(successor)
    return successors


def _chosen(settings: Settings, scope: Scope) -> Sequence[Row[Any]]:
    with engine(settings, _ROLE).connect() as connection:
        return connection.execute(_CHOSEN, scope.values()).all()


def _read_one(
    connection: Connection, settings: Settings, key: bytes, file_id: int, digest: str
) -> int | None:
    """The new reading, not committed; None when it is not to be."""
    lock_file(connection, digest)
    state = connection.execute(text(STATE)).one()
    require_key(key, state[0], state[1])
    former = connection.execute(_STILL_THERE, {"file_id": file_id, "sha256": digest}).one_or_none()
    if former is None or not is_kept(settings, digest):
        return None
    stand_in = sha256(f"reading {file_id} of {digest}".encode()).hexdigest()
    connection.execute(_STEP_ASIDE, {"file_id": file_id, "stand_in": stand_in})
    successor: int = connection.execute(_SUCCEED, dict(former._mapping)).scalar_one()
    archived = ArchivedFile(digest, former.byte_count)
    path = former.path or path_below(settings, former.uri)
    received = Received(path, former.received_at)
    reading = read_into_raw(connection, settings, key, successor, archived, received)
    if reading.refusal is not None:
        return None
    connection.execute(_MOVE_RECEIPTS, {"file_id": file_id, "successor": successor})
    for statement in _FORGET_FINDINGS:
        connection.execute(statement, {"file_id": file_id})
    with together(connection) as driver:
        send_entry(driver, successor, reading, former.received_at)
    contract = catalogue(settings)[reading.tally.kind]
    if contract.is_of_rows:
        for receipt in connection.execute(_RECEIPTS, {"file_id": successor}).all():
            path = receipt.path or path_below(settings, receipt.uri)
            note_receipt(connection, contract, successor, path, receipt.received_at)
    return successor
