"""A list as a workbook goes the whole way: rows, partitions, findings by row."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from typing import Any

import pytest

from claim_files import zipped
from feed_steps import JUNE, STAFF, listed, province, rows_of, take_in
from health_warehouse.landing.findings import entries as findings
from health_warehouse.quality.sender_files import rows as sender_rows
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


def test_findings_are_told_by_sheet_and_cell(warehouse: Settings) -> None:
    one = [["Thời điểm báo cáo"], [], HEADS[:-1], (1, "96001", "A", "??"), (2, "96001", "B", "BS")]
    two = [HEADS[:-1], (1, "96001", "C", "BS"), (2, "96001", None, "DD")]
    deliver(warehouse, "96001/staff.xlsx", workbook(one, two))
    found = {
        (one["rule"], one["sheet"], one["cell"])
        for one in findings(warehouse)
        if one["position"] is not None
    }
    assert found == {
        ("staff.list.quarantine", 1, "D4"),
        ("staff.required", 2, "C3"),
        ("F03", 2, "3"),
    }
    cells = {row[5] for row in sender_rows(findings(warehouse))}
    assert {"Trang 1, ô D4", "Trang 2, ô C3"} <= cells
    asked = {row[7]: row[8] for row in sender_rows(findings(warehouse))}
    assert asked["staff.columns"] == "Tên và thứ tự cột theo mẫu."


def test_a_list_without_a_required_column_is_refused_and_the_likely_one_named(
    warehouse: Settings,
) -> None:
    rows = [("facility_code", "staff_no_new", "title_code"), ("96001", "A", "BS")]
    deliver(warehouse, "96001/staff.xlsx", workbook(rows))
    [refused] = rows_of(warehouse, "select status, reason from ops.files")
    assert refused.status == "refused"
    assert "“staff_no” is missing: is it B “staff_no_new”?" in refused.reason


def test_lists_in_a_zip_arrive_one_by_one_and_a_workbook_is_no_zip_of_its_own(
    warehouse: Settings,
) -> None:
    one = workbook([HEADS[:-1], (1, "96001", "A", "BS")])
    two = text(HEADS[:-1], (1, "96001", "B", "BS"), sign=";")
    bundle = zipped(("staff1.xlsx", one), ("staff2.csv", two))
    deliver(warehouse, "96001/staff_2026_05.zip", bundle)
    files = rows_of(warehouse, "select kind, status from ops.files")
    assert [tuple(file) for file in files] == [("staff", "loaded")] * 2
    assert rows_of(warehouse, "select from ops.files where kind = 'unknown_file'") == []


# What was decided of lists as they are really sent.


def test_the_same_bytes_in_a_new_month_are_its_list(warehouse: Settings) -> None:
    content = workbook([HEADS[:-1], (1, "96001", "A", "BS")])
    deliver(warehouse, "96001/staff.xlsx", content)
    deliver(warehouse, "96001/staff_again.xlsx", content, JUNE + timedelta(days=30))
    assert listed(warehouse) == {"96001/2026-06-30": ["A"], "96001/2026-07-31": ["A"]}
    [[files]] = rows_of(warehouse, "select count(*) from ops.files")
    assert files == 1


def test_a_title_and_a_name_of_a_file_that_disagree_are_told(warehouse: Settings) -> None:
    rows = [["Thời điểm báo cáo: 15/05/2026"], HEADS[:-1], (1, "96001", "A", "BS")]
    deliver(warehouse, "96001/staff_2026_04.xlsx", workbook(rows))
    assert listed(warehouse) == {"96001/2026-05-15": ["A"]}
    assert (None, None, "staff.as_of", "record") in told(warehouse)


def test_the_locale_belongs_to_the_sender(settings: Settings) -> None:
    contract = LISTS.replace("refuse:", "locale: {default: vi, senders: {'96002': en}}\nrefuse:")
    contract += "  hours: {meaning: {vi: Giờ, en: hours}, type: number}\n"
    warehouse = province(settings, contract)
    heads = ("facility_code", "staff_no", "hours")
    for facility, hours in (("96001", "1.234,5"), ("96002", "1,234.5"), ("96003", "1,234.5")):
        rows = text(heads, (facility, "A", f'"{hours}"'))
        deliver(warehouse, f"{facility}/staff.csv", rows)
    found = rows_of(warehouse, "select sender_id, hours from feeds.staff order by 1")
    assert [(one.sender_id, float(one.hours)) for one in found] == [
        ("96001", 1234.5),
        ("96002", 1234.5),
    ]
    [refused] = rows_of(warehouse, "select reason from ops.files where status = 'refused'")
    assert "C2 cannot be read as numbers of the locale vi" in refused.reason


def test_two_versions_of_a_form_live_side_by_side_by_the_day_of_the_list(
    settings: Settings,
) -> None:
    contract = (
        LISTS + "  grade: {meaning: {vi: Bậc, en: grade}, required: true, since: 2026-06-01}\n"
    )
    warehouse = province(settings, contract)
    old = [HEADS[:-1], (1, "96001", "A", "BS")]
    new = [(*HEADS[:-1], "grade"), (1, "96001", "A", "BS", "3"), (2, "96001", "B", "BS", None)]
    deliver(warehouse, "96001/staff_2026_05.xlsx", workbook(old))
    deliver(warehouse, "96001/staff_2026_06.xlsx", workbook(new), LATER)
    assert listed(warehouse) == {"96001/2026-05-31": ["A"], "96001/2026-06-30": ["A", "B"]}
    asked = [(one["position"], one["field"]) for one in findings(warehouse) if one["position"]]
    assert asked == [(2, "grade")]
    other = workbook([old[0], (1, "96002", "A", "BS")])
    deliver(warehouse, "96002/staff_2026_07.xlsx", other, LAST)
    asked = [(one["position"], one["rule"]) for one in findings(warehouse) if one["position"]]
    assert asked == [(2, "staff.required"), (1, "staff.required")]


def test_a_month_without_a_list_leaves_the_last_one_as_of_its_own_day(warehouse: Settings) -> None:
    deliver(warehouse, "96001/staff.xlsx", workbook([HEADS[:-1], (1, "96001", "A", "BS")]))
    other = workbook([HEADS[:-1], (1, "96002", "B", "BS")])
    deliver(warehouse, "96002/staff.xlsx", other, JUNE + timedelta(days=30))
    assert listed(warehouse) == {"96001/2026-06-30": ["A"], "96002/2026-07-31": ["B"]}
