"""Rules beyond single columns, from what a contract writes of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from health_warehouse.feeds.contract import (
    Compare,
    Condition,
    Names,
    NoOverlap,
    RowRule,
    Term,
    Words,
)
from health_warehouse.feeds.draft import listed

KINDS = ("filled", "blank", "fits", "compare", "once", "no_overlap", "names")
"""What a rule may ask; each rule asks one of them."""


def row_rules(written: Mapping[str, Mapping[str, Any]]) -> Iterator[RowRule]:
    """The rules in their order. `written` fits the schema."""
    for name, keys in written.items():
        yield RowRule(
            name=name,
            says=Words(**keys["says"]),
            severity=keys.get("severity", "flag"),
            when=tuple(conditions(keys.get("when", {}))),
            filled=listed(keys.get("filled")),
            blank=listed(keys.get("blank")),
            fits=tuple(conditions(keys.get("fits", {}))),
            compare=_compare(keys["compare"]) if "compare" in keys else None,
            once=listed(keys.get("once")),
            no_overlap=_no_overlap(keys["no_overlap"]) if "no_overlap" in keys else None,
            names=_names(keys["names"]) if "names" in keys else None,
            source=keys.get("source", ""),
            confidence=keys.get("confidence", ""),
        )


def conditions(written: Mapping[str, Any]) -> Iterator[Condition]:
    """Each column with what must hold of it."""
    for column, value in written.items():
        if isinstance(value, str):
            yield Condition(column, "filled" if value == "filled" else "blank")
        elif isinstance(value, list):
            yield Condition(column, "one_of", tuple(map(str, value)))
        else:
            yield Condition(column, "none_of", tuple(map(str, value["not"])))


def terms(written: Any) -> tuple[Term, ...]:
    """Columns and numbers that are added up."""
    return tuple(map(_term, listed(written)))


def _term(written: str | float) -> Term:
    if not isinstance(written, str):
        return Term(number=float(written))
    return Term(written.removeprefix("-"), sign=-1 if written.startswith("-") else 1)


def _compare(keys: Mapping[str, Any]) -> Compare:
    return Compare(
        left=terms(keys["left"]),
        comparison=keys["is"],
        right=terms(keys["right"]),
        times=float(keys.get("times", 1)),
        within=float(keys.get("within", 0)),
    )


def _no_overlap(keys: Mapping[str, Any]) -> NoOverlap:
    return NoOverlap(listed(keys["of"]), keys["from"], keys["to"])


def _names(keys: Mapping[str, Any]) -> Names:
    return Names(keys["column"], keys.get("of", ""), dict(keys.get("in", {})))
