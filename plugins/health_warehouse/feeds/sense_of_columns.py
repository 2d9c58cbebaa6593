"""Whether what a contract says of each column fits together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

from health_warehouse.feeds.draft import Draft, DraftTable, Fault, listed
from health_warehouse.feeds.labels import folded_label
from health_warehouse.feeds.problem import Problem, shown, write_one_of

_DAYS = ("date", "time")
_NUMBERS = ("integer", "number")
UNITS = ("communes", "provinces")
"""Lists that are tables of their own."""

_NOT_ALIKE = re.compile(r"\\[^.\\/()+*?|\[\]{}-]|\(\?|[*+?}]\+|\[\[")
_PART = re.compile(r"dd?|mm?|yyyy|HH?|MM|SS|[-/. :,T]")


def problems_of_columns(drawn: Draft) -> Iterator[Problem]:
    """What is wrong with single columns, and with labels that two of them have."""
    for table in drawn.tables:
        for name, column in (table.columns or {}).items():
            for rule in (_formats, _bounds, _codes, _pattern, _version):
                for key, message in rule(column):
                    yield drawn.root.problem(message, *table.place, name, *key)
            for key, message in (
                *_not_after(table, name, column),
                *_list_day(table, column),
            ):
                yield drawn.root.problem(message, *table.place, name, *key)
        for place, message in _labels(drawn, table):
            yield drawn.root.problem(message, *place)


_Found = Iterator[Fault]


def _formats(column: Mapping[str, Any]) -> _Found:
    forms = listed(column.get("formats"))
    if forms and column.get("type", "text") not in _DAYS:
        yield Fault(
            ("formats",), "only a date or time has formats: write `type: date`, or delete them"
        )
    for form in forms:
        parts = _PART.findall(form)
        says = [part[0] for part in parts if part[0].isalpha() and part != "T"]
        if "".join(parts) != form or len(set(says)) != len(says):
            yield Fault(
                ("formats",), f"{shown(form)} is no form of a date: write dd/mm/yyyy or such"
            )
        elif "y" not in says:
            yield Fault(("formats",), f"{shown(form)} has no year: write yyyy in it")


def _bounds(column: Mapping[str, Any]) -> _Found:
    lowest, highest = column.get("lowest"), column.get("highest")
    for key, bound in (("lowest", lowest), ("highest", highest)):
        if bound is not None and column.get("type", "text") not in _NUMBERS:
            yield Fault((key,), f"only a number has a {key}: write `type: integer`, or delete it")
    if lowest is not None and highest is not None and lowest > highest:
        yield Fault(("highest",), f"it is below the lowest, {lowest}: exchange the two")


def _codes(column: Mapping[str, Any]) -> _Found:
    name = column.get("list")
    if name is None:
        return
    if "values" in column:
        yield Fault(("list",), "`values` stand there too: keep one of them")
    if name not in lists() and name not in UNITS:
        same = [one for one in sorted(lists()) if folded_label(one) == folded_label(name)]
        instead = write_one_of(name, same or sorted(lists()))
        yield Fault(("list",), f"the reference data have no list {shown(name)}: {instead}")


def _version(column: Mapping[str, Any]) -> _Found:
    """Days of the calendar, in their order."""
    days = []
    for key in ("since", "until"):
        written = column.get(key)
        if written is None:
            continue
        try:
            days.append(date.fromisoformat(written))
        except ValueError:
            yield Fault((key,), f"the calendar has no day {shown(written)}: write yyyy-mm-dd")
    if len(days) == 2 and days[0] >= days[1]:
        yield Fault(("until",), "it is not after `since`: write the first day without the column")


def _pattern(column: Mapping[str, Any]) -> _Found:
    """Python and Postgres must read it alike, so it keeps to what both have."""
    written = column.get("pattern")
    if written is None:
        return
    try:
        re.compile(written)
    except re.error as error:
        yield Fault(("pattern",), f"it is no regular expression: {error.msg}")
        return
    if found := _NOT_ALIKE.search(written):
        yield Fault(
            ("pattern",),
            f"{shown(found[0])} is read otherwise by Postgres: write it with [ ], ( ), |, ?, *, + "
            "and {n,m}",
        )


def _list_day(table: DraftTable, column: Mapping[str, Any]) -> _Found:
    day = column.get("list_day")
    if day is None:
        return
    if "list" not in column:
        yield Fault(("list_day",), "there is no `list` here: write one, or delete it")
    if (table.columns or {}).get(day, {}).get("type") not in _DAYS:
        yield Fault(("list_day",), f"there is no column {shown(day)} of days")


def _not_after(table: DraftTable, name: str, column: Mapping[str, Any]) -> _Found:
    other = column.get("not_after")
    if other is None:
        return
    columns = table.columns or {}
    if other == name or other not in columns:
        known = [one for one, keys in columns.items() if keys.get("type") in _DAYS and one != name]
        known_text = f"write one of {', '.join(known)}" if known else "delete it"
        yield Fault(
            ("not_after",), f"there is no other column {shown(other)} of days: {known_text}"
        )
    elif column.get("type") not in _DAYS or columns[other].get("type") not in _DAYS:
        yield Fault(
            ("not_after",), f"both must be days: write `type: date` here and at {shown(other)}"
        )


def _labels(drawn: Draft, table: DraftTable) -> _Found:
    """Without case, accents and blanks no two columns are called the same."""
    taken: dict[str, str] = {}
    for name, column in (table.columns or {}).items():
        for label in listed(column.get("label")) or (name,):
            folded = folded_label(label)
            first = taken.setdefault(folded, name)
            if first != name:
                has_label = "label" in drawn.root.at(*table.place, name).keys
                place = (*table.place, name, *(("label",) if has_label else ()))
                yield Fault(
                    place,
                    f"{shown(label)} is what {shown(first)} is called too, without case, accents "
                    "and blanks: keep it at one of them",
                )


@cache
def lists() -> frozenset[str]:
    """The code lists of the reference data."""
    from health_warehouse.reference import code_lists

    return frozenset(entry.code_system for entry in code_lists.entries())
