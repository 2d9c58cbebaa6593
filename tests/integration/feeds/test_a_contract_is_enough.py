"""A contract in a folder, and a file of it: nothing else is written for a feed to arrive."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from health_warehouse.database.connections import engine
from health_warehouse.database.migrate import migrate
from health_warehouse.landing.findings import entries as findings
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import IngestReport, ingest
from health_warehouse.landing.ledger import entries as ledger
from health_warehouse.settings import Settings

CONTRACT = """\
feed: cold_chain
title: {vi: Nhiệt độ tủ vắc xin, en: Temperatures of vaccine refrigerators}
owner: cdc
match: ["*/tu_lanh_*.jsonl"]
reader: json_lines
mode: upsert
sender: {column: facility_code}
document: [device_no, measured_at]
grain: {vi: lần đo, en: reading}
closed: none
columns:
  facility_code:
    meaning: {vi: Mã cơ sở, en: facility}
    label: Mã CSKCB
    type: code
    required: true
    length: 5
  device_no: {meaning: {vi: Số máy, en: device}, type: code, required: true}
  measured_at:
    meaning: {vi: Lúc đo, en: time of the reading}
    type: time
    required: true
    severity: quarantine
  celsius:
    meaning: {vi: Nhiệt độ, en: temperature}
    label: Nhiệt độ (°C)
    type: number
    lowest: -30
    highest: 60
  kept_by: {meaning: {vi: Người giữ, en: keeper}, personal: personal}
"""
ROWS: list[dict[str, Any]] = [
    {"Mã CSKCB": "96001", "device_no": "T1", "measured_at": "2026-06-01 08:00",
     "nhiệt độ (°c)": 4.5, "kept_by": "Nguyễn Văn A", "note": "x"},
    {"Mã CSKCB": "96001", "device_no": "T1", "measured_at": "01/06/2026 20:00", "celsius": "98"},
    {"Mã CSKCB": "96001", "device_no": "T2", "measured_at": "32/06/2026", "celsius": 5},
    {"Mã CSKCB": "96001", "device_no": "", "measured_at": "2026-06-01 08:00", "celsius": 5},
    {"Mã CSKCB": "", "device_no": None},
]  # fmt: skip


@pytest.fixture
def province(settings: Settings, tmp_path: Path) -> Settings:
    """A warehouse with a contract of its own, taken up."""
    folder = tmp_path / "feeds"
    folder.mkdir()
    (folder / "cold_chain.yml").write_text(CONTRACT, encoding="utf-8")
    assert len(CONTRACT.splitlines()) <= 40
    with_feeds = settings.model_copy(update={"feeds": folder})
    migrate(with_feeds)
    return with_feeds


def deliver(settings: Settings, name: str, rows: list[dict[str, Any]]) -> IngestReport:
    path = settings.state / "inbox" / "cdc" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text(lines + "{broken\n", encoding="utf-8")
    return ingest(settings, list_new(settings, [str(path.parent)]))


def rows_of(settings: Settings, role: str, query: str) -> list[dict[str, Any]]:
    with engine(settings, role).connect() as connection:
        return [dict(row) for row in connection.execute(text(query)).mappings()]


def test_a_file_arrives_checked_typed_and_documented(province: Settings) -> None:
    report = deliver(province, "tu_lanh_2026_06.jsonl", ROWS)
    assert report.errors == []

    raw = rows_of(province, "loader", "select * from raw.cold_chain order by position")
    assert [row["position"] for row in raw] == [1, 2, 3, 4]
    assert raw[0]["celsius"] == "4.5"
    assert raw[0]["_extra"] == {"note": "x"}

    typed = rows_of(province, "transformer", "select * from feeds.cold_chain order by measured_at")
    assert [
        (row["device_no"], row["measured_at"].isoformat(), row["celsius"]) for row in typed
    ] == [("T1", "2026-06-01T08:00:00", 4.5), ("T1", "2026-06-01T20:00:00", 98)]
    assert "kept_by" not in typed[0]

    found = {(one["position"], one["rule"], one["severity"]) for one in findings(province)}
    assert found == {
        (2, "cold_chain.bounds", "flag_line"),
        (3, "cold_chain.type.quarantine", "quarantine_dossier"),
        (4, "F03", "quarantine_dossier"),
        (4, "cold_chain.required", "flag_line"),
        (6, "F03", "quarantine_dossier"),
    }
    [entry] = ledger(province)
    assert entry["kind"] == "cold_chain"
    assert entry["facility"] == "96001"
    assert entry["lines"] == 6
    assert entry["line_states"]["loaded"] == 2
    assert entry["line_states"]["quarantined"] == 3
    assert entry["line_states"]["blank"] == 1
    comments = rows_of(
        province,
        "loader",
        "select obj_description('raw.cold_chain'::regclass) as of_table,"
        " col_description('raw.cold_chain'::regclass, 6) as of_column",
    )
    assert comments[0]["of_table"] == "One row per reading."
