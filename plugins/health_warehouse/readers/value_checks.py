"""What the rules of a contract find in single values, without a database: twins of the SQL that
judges deliveries, for senders who try a file before they send it.

A blank value breaks nothing but `required`. A test holds both equal; of values that must differ,
SQL tells every row and this the later ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from health_warehouse.feeds.contract import Column, Contract
from health_warehouse.feeds.dates import forms_of, parse_moment
from health_warehouse.reference.canonical import canonical_code

_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?", re.ASCII)
_SPACES = " \t\r\n\v\f"
_LONGEST_NUMBER, _LARGEST = 40, Decimal(10) ** 18
_FLAGS = {
    **dict.fromkeys(("1", "true", "x", "yes", "có", "đúng"), True),
    **dict.fromkeys(("0", "false", "no", "không", "sai"), False),
}
_TYPES = {
    "integer": "a whole number",
    "number": "a number",
    "date": "a day",
    "time": "a time",
    "boolean": "yes or no",
}
Values = Mapping[str, str | None]


class Fault(NamedTuple):
    """`kind`: of the rule, as its id has it."""

    column: Column
    kind: str
    reason: str


class ValueChecks:
    """Judges the rows of one delivery."""

    def __init__(self, contract: Contract) -> None:
        self._columns = contract.table.columns
        self._by_name = {column.name: column for column in self._columns}
        self._seen: dict[str, set[str]] = {
            column.name: set() for column in self._columns if column.is_unique
        }

    def faults(self, values: Values, day: date | None = None) -> Iterator[Fault]:
        """What is wrong with a row of a list of that day."""
        for column in self._columns:
            value = (values[column.name] or "").strip(_SPACES)
            if not value:
                if column.is_required or column.is_asked_on(day):
                    yield Fault(column, "required", f"{column.label} is blank")
                continue
            for kind, check in _CHECKS:
                reason = check(column, value)
                if reason is not None:
                    yield Fault(column, kind, f"{column.label} {reason}")
            if (reason := self._order(column, value, values)) is not None:
                yield Fault(column, "order", reason)
            if column.is_unique and self._is_seen(column, value):
                yield Fault(column, "unique", f"{column.label} is that of another row, too")

    def _order(self, column: Column, value: str, values: Values) -> str | None:
        if column.not_after is None:
            return None
        later = self._by_name[column.not_after]
        day = _moment(column, value)
        other = _moment(later, (values[later.name] or "").strip(_SPACES))
        is_after = day is not None and other is not None and day > other
        return f"{column.label} is after {later.label}" if is_after else None

    def _is_seen(self, column: Column, value: str) -> bool:
        code = canonical_code(value)
        seen = self._seen[column.name]
        if code in seen:
            return True
        seen.add(code)
        return False


def number_of(value: str) -> Decimal | None:
    """Twin of raw.parse_number."""
    value = value.strip(_SPACES)
    if len(value) > _LONGEST_NUMBER or not _NUMBER.fullmatch(value):
        return None
    number = Decimal(value)
    return number if abs(number) < _LARGEST else None


def is_of_type(column: Column, value: str) -> bool:
    """Whether a text that is not blank can be read as the type of the column."""
    if column.type in ("integer", "number"):
        number = number_of(value)
        return number is not None and (column.type == "number" or number % 1 == 0)
    if column.type in ("date", "time"):
        return _moment(column, value) is not None
    return column.type != "boolean" or value.strip(" ").lower() in _FLAGS


def _moment(column: Column, value: str) -> datetime | None:
    return parse_moment(value, forms_of(column)) if value else None


def _type(column: Column, value: str) -> str | None:
    if is_of_type(column, value):
        return None
    forms = f" ({', '.join(forms_of(column))})" if column.type in ("date", "time") else ""
    return f"is not {_TYPES[column.type]}{forms}"


def _length(column: Column, value: str) -> str | None:
    if column.length is None or len(value) <= column.length:
        return None
    return f"has {len(value)} characters, {column.length} are allowed"


def _pattern(column: Column, value: str) -> str | None:
    if column.pattern is None or re.fullmatch(column.pattern, value, re.ASCII):
        return None
    return "has another form than it should"


def _code(column: Column, value: str) -> str | None:
    known = codes_of(column)
    if known is None or canonical_code(value) in known:
        return None
    named = "its list" if column.values else f"the list {column.code_list}"
    return f"is no code of {named}"


def _bounds(column: Column, value: str) -> str | None:
    number = number_of(value) if column.type in ("integer", "number") else None
    if number is None:
        return None
    if column.lowest is not None and number < Decimal(str(column.lowest)):
        return f"is less than {format(Decimal(str(column.lowest)), 'f')}"
    if column.highest is not None and number > Decimal(str(column.highest)):
        return f"is more than {format(Decimal(str(column.highest)), 'f')}"
    return None


_CHECKS: tuple[tuple[str, Callable[[Column, str], str | None]], ...] = (
    ("type", _type),
    ("length", _length),
    ("pattern", _pattern),
    ("list", _code),
    ("bounds", _bounds),
)


def codes_of(column: Column) -> frozenset[str] | None:
    """The codes that a column may have, of any day, in their canonical form; None: any."""
    if column.values:
        return frozenset(map(canonical_code, column.values))
    return None if column.code_list is None else _codes_of_list(column.code_list)


@cache
def _codes_of_list(name: str) -> frozenset[str]:
    return frozenset(canonical_code(code) for code in listed_codes(name))


@cache
def listed_codes(name: str) -> Mapping[str, str]:
    """The codes of a list of the reference data, each with its title in Vietnamese."""
    from health_warehouse.reference import administrative_units, code_lists

    if name == "communes":
        return {one.commune_code: one.name for one in administrative_units.communes()}
    if name == "provinces":
        return {one.province_code: one.name for one in administrative_units.provinces()}
    return {
        entry.code: entry.title_vi for entry in code_lists.entries() if entry.code_system == name
    }
