"""Whether the rules of a contract ask something that its columns can answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from health_warehouse.feeds.draft import Columns, Draft, Fault, Place, listed
from health_warehouse.feeds.problem import Problem, shown, write_one_of
from health_warehouse.feeds.read_rules import KINDS

_DAYS = ("date", "time")
_NUMBERS = ("integer", "number")


def problems_of_rules(drawn: Draft) -> Iterator[Problem]:
    """What is wrong with the rules."""
    rules = drawn.keys.get("rules", {})
    if rules and "tables" in drawn.keys:
        message = "a feed with several tables has its rules written by hand: delete them"
        yield drawn.root.problem(message, "rules")
        return
    columns = drawn.columns or {}
    for name, keys in rules.items():
        for place, message in (*_kind(keys), *_columns(keys, columns), *_types(keys, columns)):
            yield drawn.root.problem(message, "rules", name, *place)


_Found = Iterator[Fault]


def _kind(keys: Mapping[str, Any]) -> _Found:
    asked = [kind for kind in KINDS if kind in keys]
    if not asked:
        yield Fault((), f"it asks nothing: write one of {', '.join(KINDS)}")
    for kind in asked[1:]:
        yield Fault((kind,), f"`{asked[0]}` stands there too: write a rule of its own for one")


def _columns(keys: Mapping[str, Any], columns: Columns) -> _Found:
    for place, name in _named(keys):
        if name not in columns:
            yield Fault(place, f"there is no column {shown(name)}: {write_one_of(name, columns)}")


def _named(keys: Mapping[str, Any]) -> Iterator[tuple[Place, str]]:
    for kind in ("when", "fits"):
        yield from (((kind, name), name) for name in keys.get(kind, {}))
    for kind in ("filled", "blank", "once"):
        yield from (((kind,), name) for name in listed(keys.get(kind)))
    for side in ("left", "right"):
        yield from ((("compare", side), name) for name in _of_side(keys, side))
    periods = keys.get("no_overlap", {})
    yield from ((("no_overlap", "of"), name) for name in listed(periods.get("of")))
    yield from ((("no_overlap", end), periods[end]) for end in ("from", "to") if end in periods)
    names = keys.get("names", {})
    if "column" in names:
        yield ("names", "column"), names["column"]
    if "of" in names:
        yield ("names", "of"), names["of"]


def _of_side(keys: Mapping[str, Any], side: str) -> list[str]:
    written = listed(keys.get("compare", {}).get(side))
    return [term.removeprefix("-") for term in written if isinstance(term, str)]


def _types(keys: Mapping[str, Any], columns: Columns) -> _Found:
    """Numbers are added up; days and codes are compared one with one."""
    compare = keys.get("compare", {})
    sides = [listed(compare.get(side)) for side in ("left", "right")]
    kinds = {
        _kind_of(columns[name].get("type", "text"))
        for side in ("left", "right")
        for name in _of_side(keys, side)
        if name in columns
    }
    if len(kinds) > 1:
        yield Fault(("compare",), f"{' and '.join(sorted(kinds))} are not compared with each other")
    elif kinds and kinds != {"numbers"} and any(len(side) != 1 for side in sides):
        yield Fault(("compare",), f"{min(kinds)} are not added up: write one column on each side")
    elif kinds == {"codes"} and compare.get("is") in ("at_most", "less_than"):
        yield Fault(("compare", "is"), "codes have no order: write equal or other_than")
    periods = keys.get("no_overlap", {})
    for end in ("from", "to"):
        name = periods.get(end)
        if name in columns and columns[name].get("type") not in _DAYS:
            yield Fault(("no_overlap", end), f"{shown(name)} is no day: write `type: date` there")


def _kind_of(written: str) -> str:
    if written in _NUMBERS:
        return "numbers"
    return "days" if written in _DAYS else "codes"
