"""Steps of feeds of rows for tests: a contract, its files, what became of them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from health_warehouse.database.connections import OWNER, engine
from health_warehouse.database.migrate import migrate
from health_warehouse.feeds.catalogue import catalogue
from health_warehouse.feeds.contract import Contract
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import IngestReport, ingest
from health_warehouse.landing.ledger import LINE_STATES, STATES, entries
from health_warehouse.settings import Settings

STAFF = """\
feed: staff
title: {vi: Danh sách nhân lực, en: Staff list}
owner: personnel
match: ["*/staff*.jsonl"]
reader: json_lines
mode: snapshot
sender: folder
partition: [facility_code, as_of]
as_of: [{column: as_of_date}, {file_name: yyyy_mm}, receipt_month]
document: [staff_no]
grain: {vi: người, en: person}
refuse: {empty: false}
closed: none
columns:
  facility_code: {meaning: {vi: Mã cơ sở, en: facility}, type: code, required: true}
  staff_no: {meaning: {vi: Số, en: number}, type: code, required: true}
  title_code:
    meaning: {vi: Chức danh, en: title}
    values: [BS, DD]
    severity: quarantine
  as_of_date: {meaning: {vi: Ngày, en: day}, type: date}
"""
JUNE = datetime(2026, 6, 10, 3, tzinfo=UTC)


def province(settings: Settings, *contracts: str) -> Settings:
    """A warehouse with contracts of its own, taken up."""
    folder = settings.state / "feeds"
    folder.mkdir(exist_ok=True)
    for contract in contracts:
        name = contract.partition("\n")[0].removeprefix("feed: ")
        (folder / f"{name}.yml").write_text(contract, encoding="utf-8")
    own = settings.model_copy(update={"feeds": folder})
    migrate(own)
    return own


def contract_of(settings: Settings, feed: str) -> Contract:
    return catalogue(settings)[feed]


def lines(rows: Iterable[Mapping[str, Any] | str]) -> str:
    """Rows as JSON lines; a text is a line as it is."""
    told = (row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows)
    return "".join(line + "\n" for line in told)


def put(
    settings: Settings,
    path: str,
    rows: Iterable[Mapping[str, Any] | str],
    received_at: datetime = JUNE,
) -> Path:
    """A file in the inbox, received at that time."""
    file = settings.state / "inbox" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(lines(rows), encoding="utf-8")
    os.utime(file, (received_at.timestamp(), received_at.timestamp()))
    return file


def take_in(settings: Settings) -> IngestReport:
    """Everything that is new in the inbox, loaded and judged."""
    report = ingest(settings, list_new(settings))
    assert report.errors == []
    return report


def deliver_rows(
    settings: Settings,
    path: str,
    rows: Iterable[Mapping[str, Any] | str],
    received_at: datetime = JUNE,
) -> IngestReport:
    put(settings, path, rows, received_at)
    return take_in(settings)


def rows_of(settings: Settings, statement: str, **values: Any) -> list[Any]:
    with engine(settings, OWNER).connect() as connection:
        return list(connection.execute(text(statement), values).all())


def states(settings: Settings) -> list[dict[str, int]]:
    """Of every receipt the documents by state, those that are none left out; all are conserved."""
    found = []
    for entry in entries(settings):
        dossiers, rows = entry["dossiers"], entry["line_states"]
        assert dossiers["received"] == sum(dossiers[state] for state in STATES[1:]), entry
        assert rows["received"] == sum(rows[state] for state in LINE_STATES[1:]), entry
        assert min(rows.values()) >= 0
        found.append({state: count for state, count in dossiers.items() if count})
    return found


def forget(settings: Settings) -> None:
    """Everything that was loaded of feeds of rows, and what lies in the inbox's folders of them."""
    with engine(settings, OWNER).begin() as connection:
        of_rows = text("select feed from ops.feeds where is_of_rows")
        feeds = connection.execute(of_rows).scalars()
        tables = "".join(f"raw.{feed}, " for feed in feeds)
        connection.execute(
            text(
                f"truncate {tables} ops.files, ops.current_documents, ops.document_changes,"
                " ops.decisions, vault.person_identifiers restart identity cascade"
            )
        )


def clear_inbox(settings: Settings) -> None:
    for file in (settings.state / "inbox").rglob("*.jsonl"):
        file.unlink()


def staff(*numbers: str, facility: str = "96001", **more: Any) -> list[dict[str, Any]]:
    return [{"facility_code": facility, "staff_no": number, **more} for number in numbers]


def listed(settings: Settings, feed: str = "staff") -> dict[str, list[str]]:
    """Who counts, by partition."""
    found: dict[str, list[str]] = {}
    statement = f"select partition_key, staff_no from feeds.{feed} order by 1, 2"
    for row in rows_of(settings, statement):
        found.setdefault(row.partition_key, []).append(row.staff_no)
    return found


PERSONS = """\
feed: doses
title: {vi: Mũi tiêm, en: Doses}
owner: cdc
match: ["*/doses*.jsonl"]
reader: json_lines
mode: upsert
sender: folder
document: [dose_no]
grain: {vi: mũi, en: dose}
closed: none
identity:
  domain: patient
  citizen_id: citizen
  insurance_number: card
  local_id: patient_no
  name: full_name
  birth: born
columns:
  dose_no: {meaning: {vi: Số, en: number}, type: code, required: true}
  citizen: {meaning: {vi: CCCD, en: citizen id}, personal: personal}
  card: {meaning: {vi: Thẻ, en: card}, personal: personal}
  patient_no: {meaning: {vi: Mã BN, en: patient number}, personal: personal}
  full_name: {meaning: {vi: Họ tên, en: name}, personal: personal}
  born: {meaning: {vi: Ngày sinh, en: birth}, type: date, personal: personal}
  vaccine: {meaning: {vi: Vắc xin, en: vaccine}, type: code}
"""
