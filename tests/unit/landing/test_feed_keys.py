"""The keys of rows: what is the same has the same, and an order is that of its values."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health_warehouse.feeds.contract import Column, ColumnType, Contract, Mode, Sender, Table, Words
from health_warehouse.landing.feed_keys import FeedKeys, order_text

_WORDS = Words("tên", "name")
_KEY = bytes(32)
_YEARS = (datetime(1900, 1, 1), datetime(9999, 1, 1))  # noqa: DTZ001 - local times


def column(kind: ColumnType, *, is_required: bool = False) -> Column:
    return Column("at", _WORDS, type=kind, is_required=is_required)


def contract(
    *columns: Column, document: tuple[str, ...] = ("at",), mode: Mode = "upsert", **more: str
) -> Contract:
    return Contract(
        feed="made_up",
        title=_WORDS,
        owner="",
        match=(),
        reader="json_lines",
        mode=mode,
        tables=(Table("made_up", "made_up", _WORDS, columns),),
        path=Path(),
        sender=Sender("fixed", "96001"),
        document_key=document,
        options=more,
    )


@given(st.lists(st.decimals(0, 10**17, places=3).map(lambda number: f"{number:f}"), min_size=2))
def test_numbers_sort_as_they_count(numbers: list[str]) -> None:
    by_text = sorted(numbers, key=lambda one: order_text(column("number"), one) or "")
    assert [float(one) for one in by_text] == sorted(map(float, numbers))


@given(st.lists(st.datetimes(*_YEARS), min_size=2))
def test_times_sort_as_they_pass_however_they_are_written(times: list[datetime]) -> None:
    whole = [time.replace(second=0, microsecond=0) for time in times]
    texts = [
        f"{time:%d/%m/}{time.year:04} {time:%H:%M}" if place % 2 else time.isoformat()
        for place, time in enumerate(whole)
    ]
    pairs = zip(texts, whole, strict=True)
    ordered = sorted(pairs, key=lambda pair: order_text(column("time"), pair[0]) or "")
    assert [time for _, time in ordered] == sorted(whole)


@pytest.mark.parametrize(
    ("kind", "value"),
    [("number", "-1"), ("number", "1,5"), ("integer", "abc"), ("date", "31/02/2026"),
     ("date", ""), ("number", None), ("text", " "), ("code", None)],
)  # fmt: skip
def test_what_cannot_be_read_orders_nothing(kind: ColumnType, value: str | None) -> None:
    assert order_text(column(kind), value) is None


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("date", "2026-06-01", "01/06/2026"),
        ("time", "202606010800", "2026-06-01T08:00"),
        ("integer", "7", "+007"),
        ("number", "4.5", "4.50"),
        ("code", " ab ", "AB"),
        ("text", "Ａ", "a"),
    ],
)
def test_a_document_is_named_by_the_value_and_not_by_how_it_is_written(
    kind: ColumnType, one: str, other: str
) -> None:
    keys = FeedKeys(_KEY, contract(column(kind)))
    first, second = keys.keys("96001", {"at": one}, None), keys.keys("96001", {"at": other}, None)
    assert first.document == second.document
    assert first.content != second.content
    assert keys.keys("96002", {"at": one}, None).document != first.document


def test_a_document_whose_name_is_blank_has_no_key() -> None:
    two = (Column("a", _WORDS, is_required=True), Column("b", _WORDS))
    keys = FeedKeys(_KEY, contract(*two, document=("a", "b")))
    assert keys.keys("s", {"a": "1", "b": ""}, None).document is not None
    assert keys.keys("s", {"a": " ", "b": "1"}, None).document is None
    neither = FeedKeys(_KEY, contract(column("text")))
    assert neither.keys("s", {"at": None}, None).document is None


def test_parts_of_a_name_do_not_run_into_each_other() -> None:
    two = (Column("a", _WORDS), Column("b", _WORDS))
    keys = FeedKeys(_KEY, contract(*two, document=("a", "b")))
    assert (
        keys.keys("s", {"a": "1", "b": "1\x1f2"}, None).document
        != keys.keys("s", {"a": "1\x1f1", "b": "2"}, None).document
    )


@pytest.mark.parametrize("document", [(), ("at",)])
def test_of_what_is_only_added_every_content_is_a_document(document: tuple[str, ...]) -> None:
    two = (column("text"), Column("more", _WORDS))
    keys = FeedKeys(_KEY, contract(*two, document=document, mode="append"))
    one = keys.keys("s", {"at": "1", "more": "a"}, None).document
    assert one == keys.keys("s", {"at": "1", "more": "a"}, None).document
    assert one != keys.keys("s", {"at": "1", "more": "b"}, None).document
    assert one != keys.keys("s", {"at": "1", "more": "a"}, '{"x": 1}').document


def test_a_withdrawal_is_told_by_its_column() -> None:
    keys = FeedKeys(_KEY, contract(column("code"), withdrawal="at=hủy"))
    assert keys.is_withdrawal({"at": " HỦY"})
    assert not keys.is_withdrawal({"at": None})
    assert not FeedKeys(_KEY, contract(column("code"))).is_withdrawal({"at": ""})
