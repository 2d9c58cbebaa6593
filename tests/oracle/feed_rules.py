"""What a contract asks of rows, judged in plain Python: written from docs/contract_keys.md.

Rows hold values, as a list is before it is written: None is blank, and a text where a number or a
day is due cannot be read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from health_warehouse.feeds.contract import Column, Condition, Contract, RowRule, Term

Row = dict[str, Any]
Found = tuple[int, str]
"""(place of the row from 0, id of the rule that it breaks)."""
_TYPES: dict[str, tuple[type, ...]] = {
    "integer": (int,),
    "number": (int, Decimal),
    "date": (date,),
    "boolean": (bool,),
}


def broken(
    contract: Contract, rows: Sequence[Row], is_listed: Callable[[str, str, Row, Column], bool]
) -> set[Found]:
    """`is_listed(list, code, row, column)`: whether a code list of the reference data has it."""
    found = {
        (place, f"{contract.feed}.{kind}{_suffix(column)}")
        for place, row in enumerate(rows)
        for column in contract.table.columns
        for kind in _of_column(column, row, is_listed)
    }
    for rule in contract.rules:
        if not rule.is_of_others:
            found |= {(place, f"{contract.feed}.{rule.name}") for place in _of_rule(rule, rows)}
    return found


def _suffix(column: Column) -> str:
    return "" if column.severity == "flag" else f".{column.severity}"


def _readable(column: Column, value: Any) -> bool:
    wanted = _TYPES.get(column.type, (str,))
    return isinstance(value, wanted) and (bool in wanted or not isinstance(value, bool))


def _of_column(
    column: Column, row: Row, is_listed: Callable[[str, str, Row, Column], bool]
) -> Iterator[str]:
    value = row.get(column.name)
    if value is None:
        if column.is_required:
            yield "required"
        return
    if not _readable(column, value):
        yield "type"
        return
    if column.values and value not in column.values:
        yield "list"
    if column.code_list and not is_listed(column.code_list, value, row, column):
        yield "list"
    if column.pattern and not re.fullmatch(column.pattern, value):
        yield "pattern"
    if column.lowest is not None and value < column.lowest:
        yield "bounds"
    if column.highest is not None and value > column.highest:
        yield "bounds"
    bound = row.get(column.not_after) if column.not_after else None
    if isinstance(bound, date) and value > bound:
        yield "order"


def _holds(condition: Condition, row: Row) -> bool:
    value = row.get(condition.column)
    if condition.kind == "filled":
        return value is not None
    if condition.kind == "blank":
        return value is None
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if value is None:
        return False
    return text in condition.codes if condition.kind == "one_of" else text not in condition.codes


def _of_rule(rule: RowRule, rows: Sequence[Row]) -> Iterator[int]:
    asked = [place for place, row in enumerate(rows) if all(_holds(one, row) for one in rule.when)]
    if rule.once:
        keys = {place: tuple(rows[place].get(name) for name in rule.once) for place in asked}
        counts = Counter(keys.values())
        yield from (
            place for place in asked if counts[keys[place]] > 1 and keys[place][0] is not None
        )
    elif rule.no_overlap is not None:
        yield from _overlapping(rule, rows, asked)
    elif rule.names is not None:
        known = {row.get(rule.names.of) for row in rows}
        yield from (
            place for place in asked if rows[place].get(rule.names.column) not in (None, *known)
        )
    else:
        yield from (place for place in asked if not _right(rule, rows[place]))


def _right(rule: RowRule, row: Row) -> bool:
    if any(row.get(name) is None for name in rule.filled):
        return False
    if any(row.get(name) is not None for name in rule.blank):
        return False
    if not all(_holds(condition, row) for condition in rule.fits):
        return False
    return rule.compare is None or _compares(rule, row)


def _compares(rule: RowRule, row: Row) -> bool:
    asked = rule.compare
    assert asked is not None
    left, right = _side(asked.left, row), _side(asked.right, row)
    if left is None or right is None or type(left) is not type(right):
        return True  # what cannot be read is told once, as of the wrong type
    if isinstance(right, Decimal):
        right = right * Decimal(str(asked.times))
    return {
        "at_most": lambda: left <= right,
        "less_than": lambda: left < right,
        "equal": lambda: left == right,
        "other_than": lambda: left != right,
    }[asked.comparison]()


def _side(terms: Sequence[Term], row: Row) -> Any:
    """A sum of numbers, or the one day or code; None: not all can be read, or none is there."""
    values = [
        Decimal(str(term.number)) if term.column is None else row.get(term.column) for term in terms
    ]
    if len(values) == 1 and isinstance(values[0], date):
        return values[0]
    if all(value is None for value in values):
        return None
    if any(isinstance(value, str) for value in values):
        return values[0] if len(values) == 1 else None
    return sum(
        (Decimal(value) * term.sign for value, term in zip(values, terms, strict=True)
         if value is not None),
        Decimal(0),
    )  # fmt: skip


def _overlapping(rule: RowRule, rows: Sequence[Row], asked: Sequence[int]) -> Iterator[int]:
    spec = rule.no_overlap
    assert spec is not None
    spans: dict[tuple[Any, ...], list[tuple[date, date, int]]] = {}
    for place in asked:
        row = rows[place]
        begin, end = row.get(spec.start), row.get(spec.end)
        if isinstance(begin, date):
            until = end if isinstance(end, date) else date.max
            key = tuple(row.get(name) for name in spec.of)
            spans.setdefault(key, []).append((begin, max(begin, until), place))
    for these in spans.values():
        for begin, end, place in these:
            if any(
                other != place and begin <= until and since <= end for since, until, other in these
            ):
                yield place
