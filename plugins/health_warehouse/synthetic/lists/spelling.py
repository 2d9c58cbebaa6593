"""Labels and values as a hand writes them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from health_warehouse.feeds.contract import Column, Contract
from health_warehouse.feeds.labels import labels_of
from health_warehouse.synthetic.lists.hands import Hand
from health_warehouse.synthetic.lists.sheets import Row, Value

Cell = str | int | float | date | None
"""date: a cell of Excel that is a day."""
_EXCEL_EPOCH = date(1899, 12, 30).toordinal()
_FIXED = re.compile(r"\[0-9\]\{[0-9]+\}")
"""Patterns by which lost zeros can be told."""
_FORMS = {"yyyymmdd": "%Y%m%d", "dd/mm/yyyy": "%d/%m/%Y", "yyyy-mm-dd": "%Y-%m-%d"}


def columns_of(contract: Contract, hand: Hand, rows: Iterable[Row]) -> list[Column]:
    """The columns that the list has, in the order of the contract."""
    if not hand.skips_blank_columns:
        return list(contract.table.columns)
    filled = {name for row in rows for name, value in row.items() if value is not None}
    return [
        column for column in contract.table.columns if column.is_required or column.name in filled
    ]


def label(column: Column, hand: Hand) -> str:
    """What the hand calls the column."""
    labels = labels_of(column)
    match hand.labels:
        case "last":
            return labels[-1]
        case "both" if len(labels) > 1:
            return f"{labels[0]} – {labels[1]}"
        case "shouted":
            return _bare(labels[0]).upper()
        case "broken":
            return labels[-1].replace(" ", "\n", 1) if " " in labels[-1] else f" {labels[-1]} "
        case _:
            return labels[0]


def _bare(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(one for one in parts if not unicodedata.combining(one))


def cell(column: Column, value: Value, hand: Hand, locale: str) -> Cell:
    """A value of a row. `locale`: of numbers as texts, as the contract has it."""
    if value is None:
        return None
    if isinstance(value, bool):
        return hand.flags[0] if value else hand.flags[1]
    if isinstance(value, date):
        return _day(value, hand)
    if isinstance(value, int | Decimal):
        if hand.numbers_are_texts or hand.form == "csv":
            return _number(column, value, hand, locale)
        return int(value) if value == int(value) else float(value)
    return _text(column, value, hand)


def _number(column: Column, value: int | Decimal, hand: Hand, locale: str) -> str:
    """1234.5 as `1.234,5` or `1,234.5`; years have no sign between thousands."""
    is_grouped = hand.groups_thousands and (column.lowest is None or column.lowest < 1000)
    text = f"{value:,}" if is_grouped else str(value)
    return text if locale == "en" else text.translate(str.maketrans(",.", ".,"))


def _day(value: date, hand: Hand) -> Cell:
    if hand.form == "csv" or hand.days in _FORMS:
        return value.strftime(_FORMS.get(hand.days, "%d/%m/%Y"))
    return value if hand.days == "cells" else value.toordinal() - _EXCEL_EPOCH


def _text(column: Column, value: str, hand: Hand) -> Cell:
    is_number = column.type == "code" and value.isascii() and value.isdigit()
    loses_zeros = hand.loses_zeros and _FIXED.fullmatch(column.pattern or "") is not None
    keeps_zero = value.startswith("0") and value != "0" and not loses_zeros
    if is_number and hand.codes_are_numbers and not keeps_zero:
        return int(value)
    if hand.pads:
        return f"  {value}\u00a0" if column.type != "code" else f" {value} "
    return value
