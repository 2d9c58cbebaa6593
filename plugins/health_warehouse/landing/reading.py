"""The bytes of one file, read into `raw`, `vault` and the list of versions; and what was read.

In the caller's transaction, for a file that was just received and for one that is read again.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from health_warehouse.errors import FileNotTaken, FileUnreadable
from health_warehouse.feeds.catalogue import catalogue
from health_warehouse.feeds.contract import Contract
from health_warehouse.landing.archive import ArchivedFile, open_archived
from health_warehouse.landing.claims.keys import dossier_keys
from health_warehouse.landing.claims.practitioners import remember_licences, remember_practitioners
from health_warehouse.landing.claims.raw_rows import RawWriter
from health_warehouse.landing.exchange import Driver
from health_warehouse.landing.feed_rows import FeedRows
from health_warehouse.landing.file_kinds import UNKNOWN_FILE
from health_warehouse.landing.partitions import Partitions, sender_of_delivery
from health_warehouse.landing.routing import feed_of, feeds_by_name
from health_warehouse.landing.taken_up import require_taken_up
from health_warehouse.privacy.vault import remember_persons, remember_persons_of
from health_warehouse.readers.protocol import Bounds, Documents
from health_warehouse.readers.registry import reader_of
from health_warehouse.settings import Settings
from health_warehouse.sources.claims.dossier import COST_TABLES, Dossier, Envelope
from health_warehouse.sources.claims.other_envelopes import require_taken
from health_warehouse.sources.claims.parse import ClaimFile
from health_warehouse.sources.claims.spread import SpreadDossiers

_COMPLETE = """
update ops.files
set received_at = %(received_at)s, status = %(status)s, rule_id = %(rule_id)s,
    reason = %(reason)s,
    judged_at = case when %(status)s <> 'loaded' then clock_timestamp() end,
    facility_id = %(facility_id)s, declared_date = %(declared_date)s,
    declared_count = %(declared_count)s::integer, kind = %(kind)s,
    hoso_count = %(hosos)s::integer, dossier_count = %(dossiers)s::integer,
    line_count = %(lines)s::bigint, row_counts = %(row_counts)s::jsonb,
    blank_counts = %(blank_counts)s::jsonb, is_signed = %(is_signed)s::boolean,
    archive_state = case when %(is_archived)s then archive_state else 'removed' end
where file_id = %(file_id)s::bigint
"""
# Rows have said for what partitions their delivery speaks.
_SPEAKS = """
insert into ops.delivery_partitions (
    feed, file_id, partition_key, sender_id, received_at, is_complete, document_count
)
select feed, %(file_id)s::bigint, '', coalesce(%(facility_id)s::text, ''), %(received_at)s, true,
    %(dossiers)s::integer
from ops.feeds
where feed = %(kind)s and not is_of_rows
"""
_REFUSED = """
insert into quarantine.findings (file_id, facility_id, rule_id, severity, reason)
values (%(file_id)s::bigint, %(facility_id)s, %(rule_id)s, 'refuse_file', %(reason)s)
"""
_REMARK = """
insert into quarantine.findings (file_id, facility_id, rule_id, severity, reason)
values (%(file_id)s::bigint, %(facility_id)s, 'F09', 'record', %(remark)s)
"""


@dataclass(slots=True)
class Tally:
    """What the reader saw of one file. `lines`: cost lines or rows, blank ones too; by name
    of the table, `rows` counts what goes to raw, `blanks` the rows that tell of no event."""

    kind: str = "claims"
    hosos: int = 0
    dossiers: int = 0
    documents: int = 0
    lines: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    blanks: Counter[str] = field(default_factory=Counter)

    def add(self, dossier: Dossier, *, is_version: bool) -> None:
        self.hosos += 1
        self.lines += dossier.line_count
        if dossier.blanks:
            self.lines += sum(dossier.blanks[name] for name in COST_TABLES)
            self.blanks.update(dossier.blanks)
        self.dossiers += is_version
        self.rows["XML1"] += is_version and dossier.xml1 is not None
        self.rows["other"] += len(dossier.others)
        for name, rows in dossier.tables.items():
            self.rows[name] += sum(map(bool, rows))


@dataclass(frozen=True, slots=True)
class Received:
    """What is known of a delivery before it is read: its path below the inbox, by which its feed is
    found, and when it counts as received, UTC."""

    path: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a file came to. With a `refusal`, nothing of it is in `raw`."""

    envelope: Envelope
    tally: Tally
    refusal: FileUnreadable | None

    @property
    def status(self) -> Literal["loaded", "refused", "not_taken"]:
        if self.refusal is None:
            return "loaded"
        return "not_taken" if isinstance(self.refusal, FileNotTaken) else "refused"


def read_into_raw(
    connection: Connection,
    settings: Settings,
    key: bytes,
    file_id: int,
    archived: ArchivedFile,
    received: Received,
) -> Reading:
    """Read the archived bytes and write what they hold under `file_id`; `key` is the person key.

    Raises SourceUnavailable on trouble with the archive or the database, ConfigurationError when a
    feed takes the file that this warehouse has no table for. A file that cannot be read as a whole
    is a result with a refusal.
    """
    envelope = Envelope()
    refusal: FileUnreadable | None = None
    tally = Tally()
    writer = RawWriter(connection, file_id)
    contracts = catalogue(settings)
    try:
        if archived.refusal is not None:
            raise archived.refusal
        with open_archived(settings, archived) as stream:
            bounds = Bounds(settings.max_file_bytes, settings.max_dossier_bytes)
            named = feeds_by_name(contracts, received.path)
            if all(contract.reader.endswith("_xml") for contract in named):
                require_taken(stream, settings.max_file_bytes, envelope)
            contract = feed_of(contracts, received.path, stream)
            tally.kind = contract.feed
            sender = sender_of_delivery(contract, received.path)
            documents = reader_of(contract, stream).read(stream, contract, bounds, sender)
            envelope = documents.envelope
            if isinstance(documents, ClaimFile):
                _write(writer, key, documents, tally)
                writer.finish()
                remember_practitioners(connection, key, file_id)
                remember_persons(connection, file_id)
            else:
                _write_rows(connection, key, file_id, contract, documents, received, tally)
    except FileUnreadable as error:
        writer.undo()
        refusal = error
        if isinstance(error, FileNotTaken):
            tally.kind = error.kind
    return Reading(envelope, tally, refusal)


def count_rows(
    settings: Settings, archived: ArchivedFile, feed: str = "claims", path: str = ""
) -> Reading:
    """What `read_into_raw` would read of a file of that feed, counted; `path`: below the inbox.
    Raises SourceUnavailable. A file whose feed has no contract any more cannot be read."""
    contract = catalogue(settings).get(feed)
    if contract is None:
        gone = FileUnreadable("F01", "its feed has no contract any more")
        return Reading(Envelope(), Tally(feed), gone)
    if contract.is_of_rows:
        return _count_documents(settings, archived, contract, path)
    tally = Tally()
    envelope = Envelope()
    spread = SpreadDossiers()
    try:
        with open_archived(settings, archived) as stream:
            claims = ClaimFile(stream, settings.max_file_bytes, settings.max_dossier_bytes)
            for dossier in claims:
                tally.add(dossier, is_version=spread.continuation(dossier) is None)
            envelope = claims.envelope
    except FileUnreadable as error:
        return Reading(envelope, tally, error)
    return Reading(envelope, tally, None)


def _count_documents(
    settings: Settings, archived: ArchivedFile, contract: Contract, path: str
) -> Reading:
    tally = Tally(contract.feed)
    name = contract.table.name
    bounds = Bounds(settings.max_file_bytes, settings.max_dossier_bytes)
    try:
        with open_archived(settings, archived) as stream:
            sender = sender_of_delivery(contract, path)
            reader = reader_of(contract, stream)
            for row in reader.read(stream, contract, bounds, sender):
                tally.lines += 1
                tally.documents += not row.is_blank
                tally.rows[name] += not row.is_blank and row.problem is None
                tally.blanks[name] += row.is_blank
    except FileUnreadable as error:
        return Reading(Envelope(), tally, error)
    return Reading(Envelope(), tally, None)


def send_entry(driver: Driver, file_id: int, reading: Reading, received_at: datetime) -> None:
    """Complete the ledger entry by what only the end of the file tells.

    Values of the envelope may stand behind the dossiers.
    """
    envelope, tally, refusal = reading.envelope, reading.tally, reading.refusal
    values = {
        "file_id": file_id,
        "received_at": received_at,
        "status": reading.status,
        "rule_id": refusal.rule_id or None if refusal else None,
        "reason": refusal.reason if refusal else None,
        "facility_id": envelope.facility_id or None,
        "declared_date": envelope.declared_date,
        "declared_count": envelope.declared_count,
        "kind": tally.kind,
        "hosos": tally.hosos,
        "dossiers": tally.dossiers + tally.documents,
        "lines": tally.lines,
        "row_counts": json.dumps(+tally.rows),
        "blank_counts": json.dumps(+tally.blanks),
        "is_signed": None if reading.status == "refused" else envelope.is_signed,
        "is_archived": tally.kind != UNKNOWN_FILE,
    }
    driver.execute(_COMPLETE, values)
    if reading.status == "loaded":
        driver.execute(_SPEAKS, values)
    if reading.status == "refused":
        driver.execute(_REFUSED, values)
    for remark in envelope.remarks if reading.status == "loaded" else ():
        driver.execute(_REMARK, {**values, "remark": remark})


def _write(writer: RawWriter, key: bytes, claims: ClaimFile, tally: Tally) -> None:
    spread = SpreadDossiers()
    for dossier in claims:
        facility_id = claims.facility_id
        continues = spread.continuation(dossier)
        tally.add(dossier, is_version=continues is None)
        keys = None if continues else dossier_keys(key, facility_id, dossier)
        writer.add(dossier, facility_id, keys, continues)


def _write_rows(
    connection: Connection,
    key: bytes,
    file_id: int,
    contract: Contract,
    documents: Documents,
    received: Received,
    tally: Tally,
) -> None:
    require_taken_up(connection, contract)
    titles = getattr(documents, "titles", ())
    partitions = Partitions(contract, received.path, received.received_at, titles)
    rows = FeedRows(connection, key, contract, partitions)
    found = rows.write(file_id, documents)
    if contract.identity is not None:
        remember_persons_of(connection, contract, file_id)
        remember_licences(connection, key, file_id, contract)
    tally.lines = found.rows
    tally.documents = found.rows - found.blank
    tally.rows[contract.table.name] = found.kept
    tally.blanks[contract.table.name] = found.blank
    senders = found.senders - {""}
    documents.envelope.facility_id = senders.pop() if len(senders) == 1 else ""
