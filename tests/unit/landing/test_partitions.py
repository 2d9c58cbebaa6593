"""What a delivery speaks for: whose list it is, of which day, and which rows belong to none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from health_warehouse.feeds.contract import AsOf, Column, Contract, Sender, Table, Words
from health_warehouse.landing.partitions import Partitions, day_of_receipt, spoken_of_receipt

_WORDS = Words("tên", "name")
_COLUMNS = (
    Column("facility", _WORDS, type="code"),
    Column("department", _WORDS, type="code"),
    Column("day", _WORDS, type="date"),
)
_JUNE = datetime(2026, 6, 10, 3, tzinfo=UTC)
_BLANK: dict[str, str | None] = {"facility": "96001", "department": "", "day": None}
BASE = Contract(
    feed="made_up",
    title=_WORDS,
    owner="",
    match=(),
    reader="json_lines",
    mode="snapshot",
    tables=(Table("made_up", "made_up", _WORDS, _COLUMNS),),
    path=Path(),
    sender=Sender("folder"),
    partition=("facility", "as_of"),
    as_of=(AsOf("column", "day"), AsOf("file_name", "yyyy_mm"), AsOf("receipt_month")),
)


def partitions(contract: Contract = BASE, path: str = "96001/a.jsonl") -> Partitions:
    return Partitions(contract, path, _JUNE)


def test_the_first_source_that_speaks_says_the_day() -> None:
    found = partitions(path="96001/list_2026_04.jsonl")
    assert found.of({**_BLANK, "day": "31/05/2026"}).partition_key == "96001/2026-05-31"
    assert found.of({**_BLANK, "day": "31/06/2026"}).partition_key == "96001/2026-04-30"
    assert partitions().of(_BLANK).partition_key == "96001/2026-06-30"
    assert [one.as_of and one.as_of.source for one in found.found.values()] == [
        "column",
        "file_name",
    ]


@pytest.mark.parametrize(
    ("form", "name", "day"),
    [
        ("yyyy_mm", "list_2026_02.jsonl", date(2026, 2, 28)),
        ("yyyy_mm", "list_2024_02.jsonl", date(2024, 2, 29)),
        ("yyyymmdd", "20260215.jsonl", date(2026, 2, 15)),
        ("yyyymm", "20260215.jsonl", None),
        ("yyyymm", "n202602n.jsonl", date(2026, 2, 28)),
        ("mm-yyyy", "02-2026.jsonl", date(2026, 2, 28)),
        ("yyyy_mm", "list_2026_13.jsonl", None),
        ("yyyy_mm", "list.jsonl", None),
    ],
)
def test_a_name_tells_a_day_or_the_last_one_of_a_month(
    form: str, name: str, day: date | None
) -> None:
    contract = replace(BASE, as_of=(AsOf("file_name", form),))
    spoken = spoken_of_receipt(contract, f"2025_01/{name}", _JUNE)
    assert (spoken and spoken.day) == day


def test_a_receipt_is_of_its_local_month() -> None:
    assert day_of_receipt(datetime(2026, 6, 30, 16, 59, tzinfo=UTC)) == date(2026, 6, 30)
    assert day_of_receipt(datetime(2026, 6, 30, 17, 0, tzinfo=UTC)) == date(2026, 7, 31)
    assert day_of_receipt(datetime(2024, 2, 1, tzinfo=UTC)) == date(2024, 2, 29)


def test_a_row_whose_day_nothing_tells_belongs_nowhere_and_the_list_is_not_complete() -> None:
    found = partitions(replace(BASE, as_of=(AsOf("column", "day"),)))
    place = found.of(_BLANK)
    assert place.problem == "the day that the list speaks of is not known"
    assert not found.is_complete
    assert found.found == {}


@pytest.mark.parametrize(
    ("speaks_for", "facility", "is_taken"),
    [("self", "96001", True), ("self", " 96001", True), ("self", "96002", False),
     ("self", "", False), ("parent", "96002", True), ("department", "96002", True)],
)  # fmt: skip
def test_a_sender_speaks_for_whom_it_may(speaks_for: str, facility: str, is_taken: bool) -> None:
    contract = replace(BASE, speaks_for=speaks_for)  # type: ignore[arg-type]
    found = partitions(contract)
    assert (found.of({**_BLANK, "facility": facility}).problem is None) is is_taken
    assert found.is_complete is is_taken


def test_a_part_of_a_sender_is_nobody_else() -> None:
    contract = replace(BASE, partition=("department", "sender", "as_of"))
    place = partitions(contract).of({**_BLANK, "department": "K01"})
    assert place.partition_key == "K01/96001/2026-06-30"


def test_a_list_in_no_folder_has_no_sender() -> None:
    place = partitions(path="a.jsonl").of(_BLANK)
    assert (place.sender_id, place.problem) == ("", "it does not say who sent it")


@pytest.mark.parametrize(
    ("contract", "keys"),
    [
        (BASE, ["96001/2026-06-30"]),
        (replace(BASE, partition=("sender", "as_of")), ["96001/2026-06-30"]),
        (replace(BASE, partition=("sender",)), ["96001"]),
        (replace(BASE, speaks_for="department"), []),
        (replace(BASE, partition=("department", "sender")), []),
        (replace(BASE, as_of=(AsOf("column", "day"),)), []),
        (replace(BASE, sender=Sender("column", "facility")), []),
        (replace(BASE, mode="upsert", partition=()), []),
        (replace(BASE, sender=Sender("fixed", "cdc"), partition=("sender",)), ["CDC"]),
    ],
)
def test_an_empty_list_speaks_for_what_is_known_without_rows(
    contract: Contract, keys: list[str]
) -> None:
    found = partitions(contract)
    found.declare_without_rows()
    assert list(found.found) == keys


def test_rows_come_before_what_is_known_without_them() -> None:
    found = partitions()
    found.of({**_BLANK, "day": "31/05/2026"})
    found.declare_without_rows()
    assert list(found.found) == ["96001/2026-05-31"]


def test_days_that_disagree_are_counted_and_the_month_of_receipt_is_none_of_them() -> None:
    found = partitions(path="96001/list_2026_04.jsonl")
    for day in ("30/04/2026", "31/05/2026", "", "30/06/2026"):
        found.of({**_BLANK, "day": day})
    assert found.contradicting == 2
    plain = partitions()
    plain.of({**_BLANK, "day": "31/05/2026"})
    assert plain.contradicting == 0
