"""Lists that replace one another, as real files: who counts, and where every row stands."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import permutations

import pytest

from feed_steps import (
    JUNE,
    STAFF,
    clear_inbox,
    deliver_rows,
    forget,
    listed,
    province,
    rows_of,
    staff,
    states,
    take_in,
)
from health_warehouse.landing.findings import entries as findings
from health_warehouse.settings import Settings
from oracle.keys import encounter_key

LATER = datetime(2026, 6, 20, 3, tzinfo=UTC)
JULY = datetime(2026, 7, 3, 3, tzinfo=UTC)


@pytest.fixture
def warehouse(settings: Settings) -> Settings:
    return province(settings, STAFF)


def test_a_newer_list_of_the_day_ends_whom_it_does_not_name(warehouse: Settings) -> None:
    deliver_rows(warehouse, "96001/staff.jsonl", staff("A", "B", "C"))
    deliver_rows(warehouse, "96001/staff2.jsonl", staff("A", "B", "D"), LATER)
    assert listed(warehouse) == {"96001/2026-06-30": ["A", "B", "D"]}
    assert states(warehouse) == [
        {"received": 3, "loaded": 2, "ended": 1},
        {"received": 3, "loaded": 1, "duplicate": 2},
    ]


def test_an_incomplete_list_ends_nobody(warehouse: Settings) -> None:
    deliver_rows(warehouse, "96001/staff.jsonl", staff("A", "B"))
    deliver_rows(warehouse, "96001/staff2.jsonl", ["{broken", *staff("C")], LATER)
    assert listed(warehouse) == {"96001/2026-06-30": ["A", "B", "C"]}
    assert states(warehouse)[1] == {"received": 2, "loaded": 1, "quarantined": 1}
    nameless = [*staff("D"), {"facility_code": "96001", "staff_no": ""}]
    deliver_rows(warehouse, "96001/staff3.jsonl", nameless, LATER)
    assert listed(warehouse) == {"96001/2026-06-30": ["A", "B", "C", "D"]}


def test_a_quarantined_row_is_not_gone(warehouse: Settings) -> None:
    deliver_rows(warehouse, "96001/staff.jsonl", staff("A", "B", "C"))
    rows = [*staff("A", title_code="??"), *staff("B")]
    deliver_rows(warehouse, "96001/staff2.jsonl", rows, LATER)
    assert listed(warehouse) == {"96001/2026-06-30": ["A", "B"]}
    assert states(warehouse) == [
        {"received": 3, "loaded": 2, "ended": 1},
        {"received": 2, "duplicate": 1, "quarantined": 1},
    ]


def test_an_empty_list_ends_everybody_and_only_of_its_month(warehouse: Settings) -> None:
    deliver_rows(warehouse, "96001/staff.jsonl", staff("A", "B"))
    deliver_rows(warehouse, "96002/staff.jsonl", staff("X", facility="96002"))
    deliver_rows(warehouse, "96001/staff_empty.jsonl", [], JULY)
    assert listed(warehouse)["96001/2026-06-30"] == ["A", "B"]
    deliver_rows(warehouse, "96001/staff_empty2.jsonl", ["", " "], LATER)
    assert listed(warehouse) == {"96002/2026-06-30": ["X"]}
    assert {"received": 2, "ended": 2} in states(warehouse)


def test_a_list_that_says_its_day_says_nothing_of_the_month_of_its_receipt(
    warehouse: Settings,
) -> None:
    deliver_rows(warehouse, "96001/staff.jsonl", staff("A", "B"), JULY)
    assert listed(warehouse) == {"96001/2026-07-31": ["A", "B"]}
    rows = staff("A", as_of_date="2026-06-30")
    deliver_rows(warehouse, "96001/staff2.jsonl", rows, datetime(2026, 7, 9, tzinfo=UTC))
    assert listed(warehouse) == {"96001/2026-06-30": ["A"], "96001/2026-07-31": ["A", "B"]}


def test_a_row_for_another_facility_is_set_aside_and_its_list_ends_nobody(
    warehouse: Settings,
) -> None:
    deliver_rows(warehouse, "96001/staff.jsonl", staff("A", "B"))
    deliver_rows(warehouse, "96002/staff.jsonl", staff("X", "Y", facility="96002"))
    rows = [*staff("A"), *staff("X", facility="96002")]
    deliver_rows(warehouse, "96001/staff2.jsonl", rows, LATER)
    assert listed(warehouse) == {"96001/2026-06-30": ["A", "B"], "96002/2026-06-30": ["X", "Y"]}
    assert {"received": 2, "duplicate": 1, "quarantined": 1} in states(warehouse)
    [found] = [one for one in findings(warehouse) if one["rule"] == "F03"]
    assert found["severity"] == "quarantine_dossier"
    assert "may not speak for others" in found["reason"]


def test_a_late_list_of_an_earlier_day_changes_that_day_alone(warehouse: Settings) -> None:
    deliver_rows(warehouse, "96001/staff.jsonl", staff("A", "B", as_of_date="2026-06-30"))
    deliver_rows(warehouse, "96001/staff_may.jsonl", staff("A", as_of_date="31/05/2026"), LATER)
    assert listed(warehouse) == {"96001/2026-05-31": ["A"], "96001/2026-06-30": ["A", "B"]}


def test_the_day_of_a_list_is_in_the_name_of_its_file(warehouse: Settings) -> None:
    deliver_rows(warehouse, "96001/staff_2026_04.jsonl", staff("A"))
    assert listed(warehouse) == {"96001/2026-04-30": ["A"]}
    [spoken] = rows_of(warehouse, "select as_of_source from ops.delivery_partitions")
    assert spoken.as_of_source == "file_name"


def test_sources_that_name_other_days_are_told(warehouse: Settings) -> None:
    rows = staff("A", "B", as_of_date="2026-05-31")
    deliver_rows(warehouse, "96001/staff_2026_04.jsonl", rows)
    assert listed(warehouse) == {"96001/2026-05-31": ["A", "B"]}
    [found] = findings(warehouse)
    assert (found["rule"], found["severity"]) == ("staff.as_of", "record")
    assert found["reason"].startswith("2 rows name another day")


def test_sources_that_agree_are_not_told(warehouse: Settings) -> None:
    deliver_rows(warehouse, "96001/staff_2026_04.jsonl", staff("A", as_of_date="30/04/2026"))
    assert findings(warehouse) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("96001/staff.jsonl", JUNE), ("96001/staff_again.jsonl", JULY)),
        (("96001/staff_2026_06.jsonl", JUNE), ("96001/staff_2026_07.jsonl", LATER)),
    ],
)
@pytest.mark.parametrize("is_reversed", [False, True])
def test_the_same_bytes_are_a_delivery_of_their_next_month(
    warehouse: Settings,
    first: tuple[str, datetime],
    second: tuple[str, datetime],
    is_reversed: bool,
) -> None:
    for path, received_at in (second, first) if is_reversed else (first, second):
        deliver_rows(warehouse, path, staff("A", "B"), received_at)
    assert listed(warehouse) == {"96001/2026-06-30": ["A", "B"], "96001/2026-07-31": ["A", "B"]}
    assert states(warehouse) == [{"received": 2, "loaded": 2}, {"received": 2, "loaded": 2}]


def test_a_list_that_comes_again_in_another_month_keeps_what_its_rows_refer_to(
    settings: Settings,
) -> None:
    referring = STAFF.replace("closed: none", "closed: {refers_to: {claims: case_no}}") + (
        "  case_no: {meaning: {vi: Mã LK, en: dossier}, type: code}\n"
    )
    own = province(settings, referring)
    rows = [*staff("A", case_no=" lk-1"), *staff("B")]
    deliver_rows(own, "96001/staff.jsonl", rows, JUNE)
    deliver_rows(own, "96001/staff_again.jsonl", rows, JULY)
    named = rows_of(
        own,
        "select partition_key, position, refers_to_key from ops.document_versions order by 1, 2",
    )
    dossier = encounter_key("96001", "LK-1")
    assert [tuple(row) for row in named] == [
        (f"96001/{day}", *row)
        for day in ("2026-06-30", "2026-07-31")
        for row in ((1, dossier), (2, None))
    ]


def test_the_same_bytes_in_the_same_month_are_a_duplicate(warehouse: Settings) -> None:
    deliver_rows(warehouse, "96001/staff.jsonl", staff("A", "B"), LATER)
    deliver_rows(warehouse, "96001/staff_again.jsonl", staff("A", "B"), JUNE)
    assert listed(warehouse) == {"96001/2026-06-30": ["A", "B"]}
    assert states(warehouse) == [{"received": 2, "loaded": 2}, {"received": 2, "duplicate": 2}]


def test_an_earlier_receipt_makes_a_list_older(warehouse: Settings) -> None:
    deliver_rows(warehouse, "96001/staff.jsonl", staff("A", title_code="BS"), LATER)
    deliver_rows(warehouse, "96001/staff2.jsonl", staff("B"), datetime(2026, 6, 15, tzinfo=UTC))
    assert listed(warehouse) == {"96001/2026-06-30": ["A"]}
    deliver_rows(warehouse, "96001/staff_first.jsonl", staff("A", title_code="BS"), JUNE)
    assert listed(warehouse) == {"96001/2026-06-30": ["B"]}
    assert sum(state.get("ended", 0) for state in states(warehouse)) == 1


def test_a_receipt_speaks_only_for_rows_of_its_own_month(warehouse: Settings) -> None:
    rows = [*staff("A", as_of_date="2026-05-31"), *staff("B"), "{broken"]
    deliver_rows(warehouse, "96001/staff.jsonl", rows)
    deliver_rows(warehouse, "96001/staff_again.jsonl", rows, JULY)
    assert listed(warehouse) == {
        "96001/2026-05-31": ["A"],
        "96001/2026-06-30": ["B"],
        "96001/2026-07-31": ["B"],
    }
    assert states(warehouse) == [
        {"received": 3, "loaded": 2, "quarantined": 1},
        {"received": 3, "loaded": 1, "duplicate": 1, "quarantined": 1},
    ]


def test_a_list_that_came_before_its_contract_is_taken_up_with_every_receipt(
    settings: Settings,
) -> None:
    deliver_rows(settings, "96001/staff.jsonl", staff("A", "B"), LATER)
    deliver_rows(settings, "96001/staff_first.jsonl", staff("A", "B"), JUNE)
    deliver_rows(settings, "96001/staff_again.jsonl", staff("A", "B"), JULY)
    kinds = rows_of(settings, "select kind, status from ops.files")
    assert [tuple(row) for row in kinds] == [("unknown_file", "not_taken")]
    own = province(settings, STAFF)
    take_in(own)
    assert listed(own) == {"96001/2026-06-30": ["A", "B"], "96001/2026-07-31": ["A", "B"]}
    assert states(own) == [
        {"received": 2, "loaded": 2},
        {"received": 2, "duplicate": 2},
        {"received": 2, "loaded": 2},
    ]
    [row] = rows_of(own, "select archive_state, received_at from ops.files")
    assert (row.archive_state, row.received_at) == ("kept", JUNE)
    assert take_in(own).outcomes == {}


def test_what_counts_and_what_is_found_do_not_depend_on_the_order(warehouse: Settings) -> None:
    deliveries = [
        ("96001/staff.jsonl", staff("A", "B", "C"), JUNE),
        ("96001/staff2.jsonl", [*staff("A", title_code="??"), "{", *staff("D")], LATER),
        ("96001/staff3.jsonl", staff("A", "C"), datetime(2026, 6, 25, tzinfo=UTC)),
        ("96001/staff4.jsonl", staff("A", "B", "C"), JULY),
    ]
    seen = []
    for order in list(permutations(range(4)))[::5]:
        forget(warehouse)
        clear_inbox(warehouse)
        for place in order:
            path, rows, received_at = deliveries[place]
            deliver_rows(warehouse, path, rows, received_at)
        told = sorted((one["delivery"], one["rule"], one["reason"]) for one in findings(warehouse))
        seen.append((listed(warehouse), states(warehouse), told))
    assert seen[0][0] == {"96001/2026-06-30": ["A", "C"], "96001/2026-07-31": ["A", "B", "C"]}
    assert all(one == seen[0] for one in seen[1:])
