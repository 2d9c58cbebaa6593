"""A row counts when it holds what makes it an event; others are counted as blank."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import health_warehouse.sources.claims as claims
from claim_files import claim_file, lines, paper, part, xml1
from health_warehouse.sources.claims.blank_rows import is_blank, take_blanks
from health_warehouse.sources.claims.dossier import Row
from health_warehouse.sources.claims.schema import CHECK_INS, TABLES, Table
from oracle.blank_rows import is_event
from parsed_claims import hoso, only

KEYS = ("MA_LK", "STT", "MA_CSKCB", "DU_PHONG")
ALL = (*TABLES.values(), CHECK_INS)
BLANK = ("", " \n", "\u00a0", "\u200b", "\ufeff\t")
OTHERS = [table for table in TABLES.values() if table.name != "XML1"]


def row_of(table: Table, values: dict[str, str]) -> Row:
    return [*(values.get(field.name) for field in table.fields), None]


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_keys_alone_are_no_event_and_every_marked_field_is_one(table: Table) -> None:
    keys = {field.name: "1" for field in table.fields if field.name in KEYS and not field.event}
    assert is_blank(table, row_of(table, keys))
    events = [field for field in table.fields if field.event]
    assert events
    assert {field.event for field in table.fields} <= {"", "any", "nonzero"}
    for field in events:
        for blank in BLANK:
            assert is_blank(table, row_of(table, {**keys, field.name: blank})), field.name
        assert is_blank(table, row_of(table, {field.name: "0"})) == (field.event == "nonzero")
        assert is_blank(table, row_of(table, {field.name: "0.00"})) == (field.event == "nonzero")
        assert not is_blank(table, row_of(table, {**keys, field.name: "0.001"})), field.name
        assert not is_blank(table, row_of(table, {**keys, field.name: "x"})), field.name


def test_a_discharge_paper_is_there_however_little_it_says() -> None:
    """X01 quarantines an inpatient's dossier without one; MA_LK alone was one before."""
    assert not is_blank(TABLES["XML7"], row_of(TABLES["XML7"], {"MA_LK": "1"}))
    assert [t.name for t in ALL if any(f.name == "MA_LK" and f.event for f in t.fields)] == ["XML7"]


def test_every_field_says_whether_it_makes_an_event() -> None:
    path = Path(claims.__file__).with_name("fields.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert Counter(row["event"] for row in rows).keys() == {"", "any", "nonzero"}


@pytest.mark.parametrize("table", OTHERS, ids=lambda table: table.name)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_the_oracle_finds_the_same_rows_blank(table: Table, data: st.DataObject) -> None:
    names = [field.name for field in table.fields]
    values = data.draw(
        st.dictionaries(
            st.sampled_from(names), st.sampled_from(["", " ", "0", "0.0", "1", "x", "\u200b"]),
            max_size=4,
        )
    )  # fmt: skip
    assert is_blank(table, row_of(table, values)) == (not is_event(table.name, values)), values


def test_an_element_that_the_standard_does_not_know_keeps_a_row() -> None:
    written = lines("XML9", [{"MA_LK": "A1", "CAN_NANG_MOI": "3200"}, {"MA_LK": "A1", "LA": " "}])
    found = only(claim_file([hoso(part("XML1", xml1()), part("XML9", written))]))
    assert [bool(row) for row in found.tables["XML9"]] == [True, False]
    assert found.blanks == {"XML9": 1}


def test_lines_keep_the_numbers_that_the_sender_gives_them() -> None:
    rows = [{"MA_LK": "A1"}, {"MA_LK": "A1", "SO_LUONG": "2"}, {"STT": "3"}, {"MA_THUOC": "40.1"}]
    found = only(claim_file([hoso(part("XML1", xml1()), part("XML2", lines("XML2", rows)))]))
    assert [bool(row) for row in found.tables["XML2"]] == [False, True, False, True]
    assert (found.line_count, found.blanks) == (2, {"XML2": 2})


@pytest.mark.parametrize("nested", [True, False])
@pytest.mark.parametrize("table", ["XML6", "XML9", "XML11", "XML14", "XML15"])
def test_a_row_of_the_key_alone_is_not_an_event(table: str, nested: bool) -> None:
    key = {"MA_LK": "A1", "MA_CSKCB": "96001"}
    row = {name: value for name, value in key.items() if name in names_of(table)}
    written = paper(table, row) if table in ("XML11", "XML14") else lines(table, [row])
    found = only(claim_file([hoso(part("XML1", xml1()), part(table, written, nested=nested))]))
    assert (found.problems, found.tables, found.blanks) == ([], {}, {table: 1})


def names_of(table: str) -> set[str]:
    return {field.name for field in TABLES[table].fields}


def test_a_mother_without_a_child_is_no_birth_and_a_child_is_one() -> None:
    mother = {"MA_LK": "A1", "HO_TEN_NND": "X", "SO_CCCD_NND": "0", "NGAY_CT": "20260801"}
    nothing = dict.fromkeys(("SO_CON", "CAN_NANG_CON", "GIOI_TINH_CON", "LAN_SINH"), "0")
    rows = [mother, {**mother, **nothing}, {**mother, **nothing, "CAN_NANG_CON": "3200"}]
    taken = [row_of(TABLES["XML9"], row) for row in rows]
    assert len(take_blanks(TABLES["XML9"], taken)) == 2
    assert [bool(row) for row in taken] == [False, False, True]
