"""A list as a workbook goes the whole way: rows, partitions, findings by row."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from typing import Any

import pytest

from feed_steps import JUNE, STAFF, listed, province, rows_of, take_in
from health_warehouse.landing.findings import entries as findings
from health_warehouse.settings import Settings
from lists import text, workbook

LISTS = (
    STAFF.replace("*/staff*.jsonl", "*/staff*")
    .replace("reader: json_lines", "reader: [json_lines, table]")
    .replace("[{column: as_of_date}, ", "[{column: as_of_date}, {title: Thời điểm báo cáo}, ")
)
LATER = JUNE + timedelta(days=1)
LAST = JUNE + timedelta(days=2)
HEADS = ("STT", "facility_code", "staff_no", "title_code", "Ghi chú riêng")


@pytest.fixture
def warehouse(settings: Settings) -> Settings:
    return province(settings, LISTS)


def deliver(settings: Settings, path: str, content: bytes, received_at: datetime = JUNE) -> None:
    file = settings.state / "inbox" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    os.utime(file, (received_at.timestamp(), received_at.timestamp()))
    take_in(settings)


def told(settings: Settings) -> list[tuple[Any, ...]]:
    return [
        (one["position"], one["field"], one["rule"], one["severity"]) for one in findings(settings)
    ]


def test_a_workbook_a_text_and_json_lines_come_to_the_same(warehouse: Settings) -> None:
    rows = [HEADS[:-1], (1, "96001", "A", "BS"), (2, "96001", "B", "DD")]
    deliver(warehouse, "96001/staff.xlsx", workbook(rows))
    assert listed(warehouse) == {"96001/2026-06-30": ["A", "B"]}
    deliver(warehouse, "96001/staff.csv", text(*rows[:2], sign=";", encoding="utf-16"), LATER)
    assert listed(warehouse) == {"96001/2026-06-30": ["A"]}
    line = b'{"facility_code": "96001", "staff_no": "C"}\n'
    deliver(warehouse, "96001/staff.jsonl", line, LAST)
    assert listed(warehouse) == {"96001/2026-06-30": ["C"]}
    assert told(warehouse) == [(None, None, "staff.columns", "record")] * 2


def test_a_title_says_of_which_day_a_list_is(warehouse: Settings) -> None:
    rows = [["Thời điểm báo cáo: 15/05/2026"], HEADS, (1, "96001", "A", "BS", None)]
    deliver(warehouse, "96001/staff.xlsx", workbook(rows))
    assert listed(warehouse) == {"96001/2026-05-15": ["A"]}
    [spoken] = rows_of(warehouse, "select as_of_source from ops.delivery_partitions")
    assert spoken.as_of_source == "title"


def test_what_a_reader_notices_is_a_finding(warehouse: Settings) -> None:
    rows = [
        HEADS,
        (1, "96001", "A", "BS", "x"),
        (2, "96001", None, "DD", None),
        ("Tổng cộng", 2),
    ]
    deliver(warehouse, "96001/staff.xlsx", workbook(rows))
    assert set(told(warehouse)) == {
        (2, None, "F03", "quarantine_dossier"),
        (2, "staff_no", "staff.required", "flag_line"),
        (None, None, "staff.columns", "flag_line"),
        (None, None, "staff.columns", "record"),
        (None, None, "staff.rows", "record"),
    }
    [row] = rows_of(warehouse, "select _extra from raw.staff where position = 1")
    assert row._extra == {"Ghi chú riêng": "x"}


def test_a_list_without_a_required_column_is_refused_and_the_likely_one_named(
    warehouse: Settings,
) -> None:
    rows = [("facility_code", "staff_no_new", "title_code"), ("96001", "A", "BS")]
    deliver(warehouse, "96001/staff.xlsx", workbook(rows))
    [refused] = rows_of(warehouse, "select status, reason from ops.files")
    assert refused.status == "refused"
    assert "“staff_no” is missing: is it B “staff_no_new”?" in refused.reason
