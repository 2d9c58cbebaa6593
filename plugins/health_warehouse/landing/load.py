"""One file from the archive into raw: rows, versions, vault and ledger entry in ONE transaction.

Fenced by an advisory lock on the hash, so an orphan and its retry, or two loaders of the same
bytes, have one effect: the first loads, the second finds the file and adds at most a receipt.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from health_warehouse.database.connections import engine
from health_warehouse.errors import ConfigurationError, SourceUnavailable
from health_warehouse.landing.archive import ArchivedFile, is_kept
from health_warehouse.landing.delivery import Delivery, ReceivedAt
from health_warehouse.landing.file_lock import lock_file
from health_warehouse.landing.kept_rows import bring_back_rows
from health_warehouse.landing.reading import note_reading, read_into_raw
from health_warehouse.landing.versions import settle
from health_warehouse.settings import Settings

LOCAL_TIME = ZoneInfo("Asia/Ho_Chi_Minh")

Outcome = Literal["loaded", "refused", "duplicate", "known"]


@dataclass(frozen=True, slots=True)
class LoadResult:
    """`duplicate`: bytes that are there, received once more; `known`: so is this very receipt."""

    file_id: int
    outcome: Outcome
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
    with engine(settings, "loader").begin() as connection:
        lock_file(connection, archived.sha256)
        known = connection.execute(
            text(
                "select file_id, declared_date, archive_state from ops.files where sha256 = :sha256"
            ),
            {"sha256": archived.sha256},
        ).one_or_none()
        if known is not None:
            if known.archive_state != "kept" and archived.refusal is None:
                _keep_again(connection, settings, archived)
            moment = _moment(delivery, received_at, known.declared_date)
            return _receive_again(connection, settings, known.file_id, delivery, moment)
        return _load_new(connection, settings, key, delivery, archived, received_at)


def _load_new(
    connection: Connection,
    settings: Settings,
    key: bytes,
    delivery: Delivery,
    archived: ArchivedFile,
    received_at: ReceivedAt,
) -> LoadResult:
    file_id = _insert_file(connection, delivery, archived)
    reading = read_into_raw(connection, settings, key, file_id, archived)
    moment = _moment(delivery, received_at, reading.envelope.declared_date)
    note_reading(connection, file_id, reading, moment)
    _insert_receipt(connection, file_id, delivery, moment)
    return LoadResult(
        file_id,
        "refused" if reading.refusal else "loaded",
        reading.tally.dossiers,
        reading.tally.lines,
        str(reading.refusal) if reading.refusal else None,
    )


def _moment(delivery: Delivery, received_at: ReceivedAt, declared_date: str | None) -> datetime:
    """When this delivery counts as received, UTC."""
    if isinstance(received_at, datetime):
        return received_at.astimezone(UTC)
    if received_at is None:
        return delivery.modified_at
    if declared_date is None:
        raise ConfigurationError(
            f"{delivery.uri} declares no date (NGAYLAP): give it one with --received-at"
        )
    day = datetime.strptime(declared_date, "%Y%m%d")  # noqa: DTZ007 - the zone follows
    return day.replace(tzinfo=LOCAL_TIME).astimezone(UTC)


def _insert_file(connection: Connection, delivery: Delivery, archived: ArchivedFile) -> int:
    statement = text(
        "insert into ops.files (sha256, byte_count, received_at, file_name, status) "
        "values (:sha256, :byte_count, :received_at, :file_name, 'loaded') returning file_id"
    )
    values = {
        "sha256": archived.sha256,
        "byte_count": archived.byte_count,
        "received_at": delivery.modified_at,
        "file_name": delivery.file_name,
    }
    return int(connection.execute(statement, values).scalar_one())


def _insert_receipt(
    connection: Connection, file_id: int, delivery: Delivery, received_at: datetime
) -> bool:
    statement = text(
        "insert into ops.file_receipts "
        "(uri, received_at, file_id, file_name, byte_count, modified_at) "
        "values (:uri, :received_at, :file_id, :file_name, :byte_count, :modified_at) "
        "on conflict do nothing returning 1"
    )
    values = {
        "uri": delivery.uri,
        "received_at": received_at,
        "file_id": file_id,
        "file_name": delivery.file_name,
        "byte_count": delivery.byte_count,
        "modified_at": delivery.modified_at,
    }
    return connection.execute(statement, values).scalar() is not None


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
    file_id: int,
    delivery: Delivery,
    received_at: datetime,
) -> LoadResult:
    """A receipt only; but when it is the earliest one, the versions of the file are older now."""
    if not _insert_receipt(connection, file_id, delivery, received_at):
        return LoadResult(file_id, "known")
    moved = connection.execute(
        text(
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
        ),
        {"file_id": file_id},
    )
    changed = 0
    if moved.rowcount:
        changed = settle(connection, [file_id])
        bring_back_rows(connection, settings)
    return LoadResult(file_id, "duplicate", changed_dossiers=changed)
