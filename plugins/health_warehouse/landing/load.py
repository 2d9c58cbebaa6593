"""One file from the archive into raw: rows, versions, vault and ledger entry in ONE transaction.

Fenced by an advisory lock on the hash, so an orphan and its retry, or two loaders of the same
bytes, have one effect: the first loads, the second finds the file and adds at most a receipt.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from health_warehouse.database.connections import engine
from health_warehouse.errors import ConfigurationError, FileUnreadable
from health_warehouse.landing.archive import ArchivedFile, open_archived
from health_warehouse.landing.delivery import Delivery, ReceivedAt
from health_warehouse.landing.practitioners import remember_practitioners
from health_warehouse.landing.raw_rows import RawWriter
from health_warehouse.landing.versions import settle
from health_warehouse.privacy.person_key import person_key
from health_warehouse.privacy.vault import remember_persons
from health_warehouse.settings import Settings
from health_warehouse.sources.claims.check_ins import CheckIn, is_check_in_file, read_check_ins
from health_warehouse.sources.claims.dossier import Dossier, Envelope
from health_warehouse.sources.claims.parse import ClaimFile
from health_warehouse.sources.claims.schema import CHECK_INS, TABLES
from health_warehouse.sources.claims.spread import SpreadDossiers

LOCAL_TIME = ZoneInfo("Asia/Ho_Chi_Minh")
_FILE_LOCK = 7_201_002
_XML0 = {column.name: place for place, column in enumerate(CHECK_INS.fields)}
_XML1 = {column.name: place for place, column in enumerate(TABLES["XML1"].fields)}

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
        connection.execute(
            text("select pg_advisory_xact_lock(:class, :key)"),
            {"class": _FILE_LOCK, "key": int(archived.sha256[:8], 16) - 2**31},
        )
        known = connection.execute(
            text("select file_id, declared_date from ops.files where sha256 = :sha256"),
            {"sha256": archived.sha256},
        ).one_or_none()
        if known is not None:
            moment = _moment(delivery, received_at, known.declared_date)
            return _receive_again(connection, known.file_id, delivery, moment)
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
    envelope = Envelope()
    refusal: FileUnreadable | None = None
    tally = Tally()
    rows = connection.begin_nested()
    try:
        if archived.refusal is not None:
            raise archived.refusal
        with open_archived(settings, archived) as stream:
            bounds = (settings.max_file_bytes, settings.max_dossier_bytes)
            if is_check_in_file(stream):
                tally.kind = "check_ins"
                rows_in = read_check_ins(stream, *bounds)
                envelope.facility_id = _write_check_ins(connection, file_id, key, rows_in, tally)
            else:
                claims = ClaimFile(stream, *bounds)
                envelope = claims.envelope
                _write(connection, file_id, key, claims, tally)
        rows.commit()
        remember_practitioners(connection, key, file_id)
        remember_persons(connection, file_id)
    except FileUnreadable as error:
        rows.rollback()
        refusal = error
    moment = _moment(delivery, received_at, envelope.declared_date)
    _complete_file(connection, file_id, envelope, tally, refusal, moment)
    _insert_receipt(connection, file_id, delivery, moment)
    return LoadResult(
        file_id,
        "refused" if refusal else "loaded",
        tally.dossiers,
        tally.lines,
        str(refusal) if refusal else None,
    )


@dataclass(slots=True)
class Tally:
    """What the parser saw of one file: `rows` counts what goes to raw, by name of the table."""

    kind: Literal["claims", "check_ins"] = "claims"
    hosos: int = 0
    dossiers: int = 0
    lines: int = 0
    rows: Counter[str] = field(default_factory=Counter)

    def add(self, dossier: Dossier, *, is_version: bool) -> None:
        self.hosos += 1
        self.lines += dossier.line_count
        self.dossiers += is_version
        self.rows["XML1"] += is_version and dossier.xml1 is not None
        self.rows["other"] += len(dossier.others)
        for name, rows in dossier.tables.items():
            self.rows[name] += len(rows)


def _write(
    connection: Connection, file_id: int, key: bytes, claims: ClaimFile, tally: Tally
) -> None:
    writer = RawWriter(connection, file_id)
    spread = SpreadDossiers()
    for dossier in claims:
        facility_id = claims.facility_id
        continues = spread.continuation(dossier)
        tally.add(dossier, is_version=continues is None)
        person = None if continues else _person_key(key, facility_id, dossier)
        writer.add(dossier, facility_id, person, continues)
    writer.flush()


def _write_check_ins(
    connection: Connection, file_id: int, key: bytes, rows: Iterable[CheckIn], tally: Tally
) -> str:
    """The facility that all rows name, else an empty text."""
    writer = RawWriter(connection, file_id)
    facilities: set[str] = set()
    for check_in in rows:
        tally.lines += 1
        tally.rows["XML0"] += check_in.row is not None
        facility_id, dossier_id = "", ""
        person: UUID | None = None
        if check_in.row is not None:
            facility_id = (check_in.row[_XML0["MA_CSKCB"]] or "").strip()
            dossier_id = (check_in.row[_XML0["MA_LK"]] or "").strip()
            facilities.add(facility_id)
            person = person_key(
                key,
                facility_id=facility_id,
                dossier_id=dossier_id,
                cards=check_in.row[_XML0["MA_THE_BHYT"]],
                citizen=check_in.row[_XML0["SO_CCCD"]],
                patient_id=check_in.row[_XML0["MA_BN"]],
            )
        writer.add_check_in(check_in, facility_id, dossier_id, person)
    writer.flush()
    return facilities.pop() if len(facilities) == 1 else ""


def _person_key(key: bytes, facility_id: str, dossier: Dossier) -> UUID | None:
    row = dossier.xml1
    if row is None:
        return None
    return person_key(
        key,
        facility_id=facility_id,
        dossier_id=dossier.dossier_id,
        cards=row[_XML1["MA_THE_BHYT"]],
        citizen=row[_XML1["SO_CCCD"]],
        patient_id=row[_XML1["MA_BN"]],
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


def _complete_file(
    connection: Connection,
    file_id: int,
    envelope: Envelope,
    tally: Tally,
    refusal: FileUnreadable | None,
    received_at: datetime,
) -> None:
    """What only the end of the file tells: header values may stand behind the dossiers."""
    statement = text(
        """
        update ops.files
        set received_at = :received_at, status = :status, rule_id = :rule_id, reason = :reason,
            judged_at = case when :status = 'refused' then clock_timestamp() end,
            facility_id = :facility_id, declared_date = :declared_date,
            declared_count = :declared_count, kind = :kind, hoso_count = :hosos,
            dossier_count = :dossiers, line_count = :lines,
            row_counts = cast(:row_counts as jsonb)
        where file_id = :file_id
        """
    )
    values = {
        "file_id": file_id,
        "received_at": received_at,
        "status": "refused" if refusal else "loaded",
        "rule_id": refusal.rule_id if refusal else None,
        "reason": refusal.reason if refusal else None,
        "facility_id": envelope.facility_id or None,
        "declared_date": envelope.declared_date,
        "declared_count": envelope.declared_count,
        "kind": tally.kind,
        "hosos": tally.hosos,
        "dossiers": tally.dossiers,
        "lines": tally.lines,
        "row_counts": json.dumps(+tally.rows),
    }
    connection.execute(statement, values)
    if refusal is not None:
        connection.execute(
            text(
                "insert into quarantine.findings (file_id, facility_id, rule_id, severity, reason) "
                "values (:file_id, :facility_id, :rule_id, 'refuse_file', :reason)"
            ),
            {name: values[name] for name in ("file_id", "facility_id", "rule_id", "reason")},
        )


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


def _receive_again(
    connection: Connection, file_id: int, delivery: Delivery, received_at: datetime
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
    changed = settle(connection, [file_id]) if moved.rowcount else 0
    return LoadResult(file_id, "duplicate", changed_dossiers=changed)
