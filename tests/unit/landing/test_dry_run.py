"""A file tried before it is sent; a template that is filled in; a contract begun from a file."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from health_warehouse.errors import FileUnreadable
from health_warehouse.feeds.catalogue import built_in, examine_paths
from health_warehouse.feeds.contract import Column, Contract
from health_warehouse.feeds.dates import forms_of
from health_warehouse.feeds.template import LIST_SHEET, template
from health_warehouse.landing.dry_run import DryRun, dry_run
from health_warehouse.landing.guessed_contract import guessed_contract
from health_warehouse.readers.table.values import written
from health_warehouse.readers.value_checks import ValueChecks, listed_codes
from lists import BOUNDS, CONTRACT, HEADS, person, read, text, workbook

NOON = datetime(2026, 12, 1, 5, tzinfo=UTC)
LISTS = sorted(feed for feed, one in built_in().items() if one.reader == "table")


def tried(content: bytes, contract: Contract = CONTRACT, name: str = "staff.xlsx") -> DryRun:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "96001" / name
        path.parent.mkdir()
        path.write_bytes(content)
        return dry_run(contract, path, NOON, BOUNDS)


def told(trial: DryRun) -> list[tuple[str, str, str, str]]:
    return [(one.severity, one.sheet, one.cell, one.rule) for one in trial.found]


def test_findings_are_told_by_sheet_and_cell() -> None:
    rows = [["SỞ Y TẾ"], HEADS, person(1), person(2, birth="31/02/1980", beds="x", citizen="12a")]
    contract = replace(CONTRACT, partition=("facility_code",))
    trial = tried(workbook(rows), contract)
    assert told(trial) == [
        ("flag_line", "Sheet1", "B4", "staff.pattern"),
        ("flag_line", "Sheet1", "D4", "staff.type"),
        ("flag_line", "Sheet1", "E4", "staff.type"),
    ]
    assert (trial.rows, trial.set_aside, trial.is_good) == (2, 0, False)
    assert trial.partitions == ("96001",)


def test_a_good_file_has_no_finding() -> None:
    contract = replace(CONTRACT, partition=("facility_code",))
    trial = tried(text(HEADS, person(1, area="1,5"), sign=";"), contract, "staff.csv")
    assert trial.is_good
    assert told(trial) == []


def test_a_refusal_is_told_with_what_was_found_before_it() -> None:
    contract = replace(CONTRACT, partition=("facility_code",))
    rows = (HEADS, person(1, area="1.5", birth="x"))
    trial = tried(text(*rows, sign=";"), contract, "staff.csv")
    assert "F2 cannot be read as numbers" in str(trial.refusal)
    assert told(trial) == [("flag_line", "", "D2", "staff.type")]
    assert not trial.is_good
    assert tried(b"%PDF-1.7", contract).refusal is not None
    assert tried(text(HEADS), contract).refusal == "no row in the file"


def test_rows_that_would_be_quarantined_are_counted() -> None:
    contract = replace(CONTRACT, partition=("facility_code",))
    trial = tried(workbook([HEADS, person(1), person(2, citizen=None)]), contract)
    assert trial.set_aside == 1
    assert ("quarantine_dossier", "Sheet1", "3", "F03") in told(trial)


@pytest.mark.parametrize("feed", LISTS)
def test_a_template_is_read_as_a_list_of_its_feed(feed: str) -> None:
    contract = built_in()[feed]
    found = read(template(contract, listed_codes), contract)
    assert list(found) == []
    assert found.remarks == []
    [sheet] = [one.name for one in found.book.sheets()][:1]
    assert sheet == LIST_SHEET


@st.composite
def filled(draw: Any) -> tuple[Contract, list[dict[str, Any]]]:
    """Rows as a careful sender fills them in."""
    contract = built_in()[draw(st.sampled_from(LISTS))]
    rows = draw(
        st.lists(
            st.fixed_dictionaries({one.name: values_of(one) for one in contract.table.columns}),
            min_size=1,
            max_size=4,
        )
    )
    for row in rows:
        for one in contract.table.columns:
            if one.not_after and row[one.name] and row[one.not_after]:
                days = sorted((row[one.name], row[one.not_after]))
                row[one.name], row[one.not_after] = days
    for one in contract.table.columns:
        if one.is_unique:
            rows = list({row[one.name]: row for row in rows}.values())
    return contract, rows


def values_of(column: Column) -> st.SearchStrategy[Any]:
    found = _values(column)
    must = column.is_required or column.name.endswith("_code") or "as_of" in column.name
    return found if must else st.one_of(st.none(), found)


def _values(column: Column) -> st.SearchStrategy[Any]:
    if column.type in ("date", "time"):
        return st.datetimes(datetime(2000, 1, 1), datetime(2026, 11, 30)).map(  # noqa: DTZ001
            lambda one: one.replace(hour=0, minute=0, second=0, microsecond=0)
        )
    if column.values:
        return st.sampled_from(column.values)
    if column.code_list:
        return st.sampled_from(sorted(listed_codes(column.code_list)))
    if column.type == "boolean":
        return st.sampled_from(["1", "0"])
    if column.type == "integer":
        lowest, highest = int(column.lowest or 0), int(column.highest or 1000)
        return st.integers(lowest, max(highest, lowest))
    if column.type == "number":
        lowest, highest = int(column.lowest or 0) + 1, int(column.highest or 1000)
        return st.integers(lowest * 10, highest * 10).map(lambda one: one / 10)
    if column.pattern:
        return st.from_regex(column.pattern.replace(".+", "[a-z]+"), fullmatch=True).filter(
            lambda one: one.isascii() and one.strip() == one
        )
    return st.text("abcdefghiklmnêơưđ 0123456789", min_size=1, max_size=column.length or 12).filter(
        lambda one: one.strip() == one and "tong" not in one
    )


@settings(
    deadline=None,
    max_examples=30,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink a workbook takes minutes
    suppress_health_check=list(HealthCheck),
)
@given(filled())
def test_a_template_that_is_filled_in_loads_without_a_finding(
    case: tuple[Contract, list[dict[str, Any]]],
) -> None:
    contract, rows = case
    content = template(contract, listed_codes, rows)
    trial = tried(content, contract)
    assert trial.refusal is None
    assert trial.found == []
    assert trial.rows == len(rows)
    for row, found in zip(rows, read(content, contract), strict=True):
        for column, value in zip(contract.table.columns, found.values, strict=True):
            assert value == _as_text(column, row[column.name])


def _as_text(column: Column, value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, datetime):
        return written(value, forms_of(column))
    return f"{value:g}" if isinstance(value, float) else str(value)


def test_a_contract_begun_from_a_file_reads_that_file(tmp_path: Path) -> None:
    content = workbook([["DANH SÁCH"], [], ["STT", *HEADS], [1, *person(1)], [2, *person(2)]])
    path = tmp_path / "list.xlsx"
    path.write_bytes(content)
    contract_path = tmp_path / "beds.yml"
    contract_path.write_text(guessed_contract("beds", path, BOUNDS), encoding="utf-8")
    read_contracts = examine_paths([contract_path], None)
    assert read_contracts.problems == ()
    contract = read_contracts.contracts["beds"]
    types = {column.label: column.type for column in contract.table.columns}
    assert types == {
        "Mã CSKCB": "code",
        "Số CCCD": "code",
        "Họ và tên": "text",
        "Ngày sinh": "date",
        "Số giường": "integer",
        "Diện tích": "number",
        "Chức danh": "code",
    }
    assert contract.table.column("ho_va_ten").is_personal
    assert contract.table.column("so_giuong").is_required
    assert tried(content, contract).found == []


def test_a_contract_is_not_guessed_where_there_is_no_list(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"1;2;3\n4;5;6\n")
    with pytest.raises(FileUnreadable, match="headings"):
        guessed_contract("beds", path, BOUNDS)


def test_values_are_judged_as_their_columns_say() -> None:
    checks = ValueChecks(CONTRACT)
    names = [column.name for column in CONTRACT.table.columns]
    row = dict(zip(names, ["96001", None, "A", "1/1/2026", "1.5", "1e3", "BS"], strict=True))
    assert [(one.column.name, one.kind) for one in checks.faults(row)] == [
        ("citizen_id", "required"),
        ("beds", "type"),
        ("area", "type"),
    ]
