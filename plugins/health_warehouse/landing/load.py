"""One file from the archive into raw: rows, versions, vault and ledger entry in ONE transaction.

Fenced by a claim of the hash, so an orphan and its retry, or two loaders of the same
bytes, have one effect: the first loads, the second finds the file and adds at most a receipt.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from psycopg import Cursor
from sqlalchemy import Connection, text

from health_warehouse.database.connections import engine
from health_warehouse.database.watchdog import watch
from health_warehouse.errors import ConfigurationError, SourceUnavailable
from health_warehouse.feeds.catalogue import catalogue
from health_warehouse.landing.archive import ArchivedFile, is_kept
from health_warehouse.landing.claims.facilities import note_earlier_receipt
from health_warehouse.landing.claims.kept_rows import bring_back_rows
from health_warehouse.landing.delivery import Delivery, ReceivedAt
from health_warehouse.landing.documents import settle_documents
from health_warehouse.landing.exchange import Driver, together
from health_warehouse.landing.file_kinds import UNKNOWN_FILE
from health_warehouse.landing.file_lock import send_lock
from health_warehouse.landing.further_receipts import note_receipt
from health_warehouse.landing.reading import Received, read_into_raw, send_entry
from health_warehouse.landing.routing import path_below, path_of
from health_warehouse.landing.settling import note_received_earlier
from health_warehouse.privacy.key_state import STATE, require_key
from health_warehouse.privacy.shown import shown
from health_warehouse.settings import Settings

LOCAL_TIME = ZoneInfo("Asia/Ho_Chi_Minh")

_FIND = """
select file_id, declared_date, archive_state, facility_id, kind, false
from ops.files
where sha256 = %(sha256)s
"""
_ENTER = """
insert into ops.files (sha256, byte_count, received_at, file_name, status)
select %(sha256)s, %(byte_count)s::bigint, %(received_at)s, %(file_name)s, 'loaded'
where not exists (select from ops.files where sha256 = %(sha256)s)
returning file_id, declared_date, archive_state, facility_id, kind, true
"""
_RECEIVE = """
insert into ops.file_receipts
    (uri, received_at, file_id, file_name, byte_count, modified_at, seen_at, path)
values (
    %(uri)s, %(received_at)s, %(file_id)s::bigint, %(file_name)s, %(byte_count)s::bigint,
    %(modified_at)s, coalesce(%(seen_at)s, clock_timestamp()), %(path)s
)
on conflict do nothing
returning 1
"""
# A listing of the past, taken from the archive, is noted after later ones.
_IS_SEEN_FIRST = text(
    """
    select count(*) > 1 and min(seen_at) = :seen_at from ops.file_receipts where file_id = :file_id
    """
)

_KEPT = text("update ops.files set archive_state = 'kept' where file_id = :file_id")
_KIND = text("select kind from ops.files where file_id = :file_id")
_RECEIPTS = text("select uri, path, received_at from ops.file_receipts where file_id = :file_id")
_BY_FIRST_RECEIPT = text(
    """
    update ops.files as f
    set received_at = r.received_at, file_name = r.file_name
    from (
        select received_at, file_name
        from ops.file_receipts
        where file_id = :file_id
        order by received_at, file_name collate "C", uri collate "C"
        limit 1
    ) as r
    where f.file_id = :file_id
        and (f.received_at, f.file_name) is distinct from (r.received_at, r.file_name)
    """
)

# What is no list speaks by its earliest receipt.
_BY_FILE = text(
    """
    update ops.delivery_partitions as p set received_at = f.received_at
    from ops.files as f
    where f.file_id = :file_id and p.file_id = f.file_id and p.received_at <> f.received_at
        and p.feed in (select feed from ops.feeds where not is_of_rows)
    """
)

Outcome = Literal["loaded", "refused", "not_taken", "duplicate", "known"]


class _File(NamedTuple):
    """An entry of the ledger; a new one is ours to load, in this transaction."""

    file_id: int
    declared_date: str | None
    archive_state: str
    facility_id: str | None
    kind: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class LoadResult:
    """`duplicate`: bytes that are there, received once more; `known`: so is this very receipt.
    `delivery` is how it is shown."""

    file_id: int
    outcome: Outcome
    delivery: str
    dossier_count: int = 0
    line_count: int = 0
    reason: str | None = None
    changed_dossiers: int = 0


def load(
    settings: Settings,
    key: bytes,
    delivery: Delivery,
    archived: ArchivedFile,
    received_at: ReceivedAt = None,
) -> LoadResult:
    """Load one archived delivery; `key` is the person key.

    Raises ConfigurationError when `received_at` is "declared" and the file has no NGAYLAP (nothing
    is recorded then), SourceUnavailable on trouble with the archive or the database.
    """
    watch(settings, "loader")
    with engine(settings, "loader").begin() as connection:
        file = _claim(connection, key, delivery, archived)
        if file.is_new:
            return _load_new(
                connection, settings, key, file.file_id, delivery, archived, received_at
            )
        if file.kind == UNKNOWN_FILE and archived.refusal is None:
            result = _load_new(
                connection, settings, key, file.file_id, delivery, archived, received_at
            )
            _take_up(connection, settings, file.file_id)
            return result
        if file.archive_state != "kept" and archived.refusal is None:
            _keep_again(connection, settings, archived)
        moment = _moment(delivery, archived, received_at, file.facility_id, file.declared_date)
        known_as = shown(file.facility_id, moment, archived.sha256)
        return _receive_again(connection, settings, file, delivery, moment, known_as)


def _claim(connection: Connection, key: bytes, delivery: Delivery, archived: ArchivedFile) -> _File:
    """Wait for who else loads or removes these bytes, then find the file, or enter it as new.

    Raises ConfigurationError while keys are made anew, SourceUnavailable when they were meanwhile.
    """
    values = {
        "sha256": archived.sha256,
        "byte_count": archived.byte_count,
        "received_at": delivery.modified_at,
        "file_name": delivery.file_name,
    }
    with together(connection) as driver:
        send_lock(driver, archived.sha256)
        state = driver.execute(STATE)
        found = driver.execute(_FIND, values)
        entered = driver.execute(_ENTER, values)
    kind, kept = state.fetchone() or (None, None)
    require_key(key, kind, kept)
    row = found.fetchone() or entered.fetchone()
    if row is None:
        raise SourceUnavailable("the file came into the ledger past the lock of its bytes")
    return _File(*row)


def _load_new(
    connection: Connection,
    settings: Settings,
    key: bytes,
    file_id: int,
    delivery: Delivery,
    archived: ArchivedFile,
    received_at: ReceivedAt,
) -> LoadResult:
    known_from = received_at if isinstance(received_at, datetime) else delivery.modified_at
    received = Received(path_of(settings, delivery), known_from.astimezone(UTC))
    reading = read_into_raw(connection, settings, key, file_id, archived, received)
    envelope = reading.envelope
    if received_at == "declared" and envelope.has_impossible_date:
        raise ConfigurationError(
            f"{shown(envelope.facility_id, delivery.modified_at, archived.sha256)} declares an "
            "impossible date (NGAYLAP is not a day as yyyymmdd): give it one with --received-at"
        )
    moment = _moment(delivery, archived, received_at, envelope.facility_id, envelope.declared_date)
    with together(connection) as driver:
        send_entry(driver, file_id, reading, moment)
        _send_receipt(driver, settings, file_id, delivery, moment)
    return LoadResult(
        file_id,
        reading.status,
        shown(envelope.facility_id, moment, archived.sha256),
        reading.tally.dossiers,
        reading.tally.lines,
        str(reading.refusal) if reading.refusal else None,
    )


def _take_up(connection: Connection, settings: Settings, file_id: int) -> None:
    """Of a file that came before there was a contract for it, every receipt counts."""
    connection.execute(_KEPT, {"file_id": file_id})
    connection.execute(_BY_FIRST_RECEIPT, {"file_id": file_id})
    connection.execute(_BY_FILE, {"file_id": file_id})
    kind: str = connection.execute(_KIND, {"file_id": file_id}).scalar_one()
    contract = catalogue(settings).get(kind)
    if contract is not None and contract.is_of_rows:
        for receipt in connection.execute(_RECEIPTS, {"file_id": file_id}).all():
            path = receipt.path or path_below(settings, receipt.uri)
            note_receipt(connection, contract, file_id, path, receipt.received_at)


def _moment(
    delivery: Delivery,
    archived: ArchivedFile,
    received_at: ReceivedAt,
    facility_id: str | None,
    declared_date: str | None,
) -> datetime:
    """When this delivery counts as received, UTC."""
    if isinstance(received_at, datetime):
        return received_at.astimezone(UTC)
    if received_at is None:
        return delivery.modified_at
    if declared_date is None:
        raise ConfigurationError(
            f"{shown(facility_id, delivery.modified_at, archived.sha256)} declares no date "
            "(NGAYLAP), or none that there is: give it one with --received-at"
        )
    day = datetime.strptime(declared_date, "%Y%m%d")  # noqa: DTZ007 - the zone follows
    return day.replace(tzinfo=LOCAL_TIME).astimezone(UTC)


def _send_receipt(
    driver: Driver, settings: Settings, file_id: int, delivery: Delivery, received_at: datetime
) -> Cursor[Any]:
    """Returns a row when it is a new one."""
    values = {
        "uri": delivery.uri,
        "received_at": received_at,
        "file_id": file_id,
        "file_name": delivery.file_name,
        "byte_count": delivery.byte_count,
        "modified_at": delivery.modified_at,
        "seen_at": delivery.seen_at,
        "path": path_of(settings, delivery),
    }
    return driver.execute(_RECEIVE, values)


def _keep_again(connection: Connection, settings: Settings, archived: ArchivedFile) -> None:
    """Maintenance removed these bytes, or was about to; now they have come again.

    Raises SourceUnavailable when it removed them after we had found them there: try again.
    """
    if not is_kept(settings, archived.sha256):
        raise SourceUnavailable(
            f"{archived.sha256} was just removed from the archive: it is copied there again"
        )
    connection.execute(
        text("update ops.files set archive_state = 'kept' where sha256 = :sha256"),
        {"sha256": archived.sha256},
    )


def _receive_again(
    connection: Connection,
    settings: Settings,
    file: _File,
    delivery: Delivery,
    received_at: datetime,
    known_as: str,
) -> LoadResult:
    """A receipt only; but when it is the earliest one, the versions of the file are older now."""
    file_id = file.file_id
    with together(connection) as driver:
        receipt = _send_receipt(driver, settings, file_id, delivery, received_at)
    if receipt.fetchone() is None:
        return LoadResult(file_id, "known", known_as)
    moved = connection.execute(_BY_FIRST_RECEIPT, {"file_id": file_id})
    seen_first = connection.execute(
        _IS_SEEN_FIRST, {"file_id": file_id, "seen_at": delivery.seen_at}
    )
    changed = 0
    contract = catalogue(settings).get(file.kind)
    if contract is not None and contract.is_of_rows:
        path = path_of(settings, delivery)
        if note_receipt(connection, contract, file_id, path, received_at) or moved.rowcount:
            changed = settle_documents(connection, contract, [file_id])
    elif contract is not None and (moved.rowcount or seen_first.scalar_one()):
        connection.execute(_BY_FILE, {"file_id": file_id})
        changed = settle_documents(
            connection, contract, [file_id], settings.late_delivery_tolerance
        )
        note_received_earlier(connection, contract.feed, file_id)
        note_earlier_receipt(connection, file_id)
        bring_back_rows(connection, settings)
    return LoadResult(file_id, "duplicate", known_as, changed_dossiers=changed)
