"""An indicator from its YAML: everything that is wrong in the file is told at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from health_warehouse.feeds.contract import Words
from health_warehouse.feeds.problem import Problem
from health_warehouse.feeds.shape import problems_of_shape
from health_warehouse.feeds.tree import Node
from health_warehouse.indicators import clauses
from health_warehouse.indicators.facts import FACTS
from health_warehouse.indicators.indicator import Indicator, Part, Target
from health_warehouse.indicators.schema import indicator_schema

_PARTS = ("numerator", "denominator", "cases")


def read_indicator(root: Node) -> tuple[Indicator | None, list[Problem]]:
    """The indicator of a tree, or what is wrong with it, by file and line."""
    found, _ = problems_of_shape(root, indicator_schema())
    if found:
        return None, found
    keys = cast(dict[str, Any], root.plain())
    found = sorted({*_problems_of_sense(root, keys)})
    return (None if found else _indicator(keys)), found


def _problems_of_sense(root: Node, keys: Mapping[str, Any]) -> Iterator[Problem]:
    if root.path.stem != keys["code"].lower():
        yield root.problem(f"call the file {keys['code'].lower()}.yml, as its code is", "code")
    for name in _PARTS:
        if name in keys:
            yield from _problems_of_part(root, name, keys)
    for number, target in enumerate(keys.get("targets", ())):
        if target["scope"] != "nation" and "P" not in keys["areas"]:
            message = "the target is of a province, and `areas` has no P"
            yield root.problem(message, "targets", number, "scope")
    has_cases = "denominator" in keys or "cases" in keys
    if keys["small_numbers"].endswith("N30") and not has_cases:
        yield root.problem("N30 asks for a denominator or cases", "small_numbers")


def _problems_of_part(root: Node, name: str, keys: Mapping[str, Any]) -> Iterator[Problem]:
    part = keys[name]
    fact = FACTS.get(part["fact"])
    if fact is None:
        yield root.problem(f"no figures are taken of {part['fact']} yet", name, "fact")
        return
    for key in ("where", "of"):
        if key in part:
            for message in clauses.problems(part[key], fact.columns):
                yield root.problem(message, name, key)
    if part.get("at", fact.taken[0]) not in fact.taken:
        yield root.problem(f"{fact.code} tell what happens, and no state: delete it", name, "at")
    for calendar in keys["calendars"]:
        if calendar not in fact.calendars:
            message = f"{fact.code} cannot be told apart by {calendar}: delete it"
            yield root.problem(message, "calendars")
    for feed in fact.feeds:
        if feed not in keys["feeds"] and feed != "facility_registry":
            yield root.problem(f"{fact.code} come from {feed}: name it here", "feeds")


def _indicator(keys: Mapping[str, Any]) -> Indicator:
    return Indicator(
        code=keys["code"],
        name=Words(**keys["name"]),
        definition=Words(**keys["definition"]),
        kind=keys["kind"],
        unit=keys["unit"],
        direction=keys["direction"],
        numerator=_part(keys["numerator"]),
        denominator=_part(keys["denominator"]) if "denominator" in keys else None,
        cases=_part(keys["cases"]) if "cases" in keys else None,
        is_annualised=bool(keys.get("annualised", False)),
        calendars=tuple(keys["calendars"]),
        areas=tuple(keys["areas"]),
        feeds=tuple(keys["feeds"]),
        standard=keys["standard"],
        confidence=keys["confidence"],
        small_numbers=keys["small_numbers"],
        owner=keys["owner"],
        targets=tuple(Target(**target) for target in keys.get("targets", ())),
    )


def _part(keys: Mapping[str, Any]) -> Part:
    at = keys.get("at") or FACTS[keys["fact"]].taken[0]
    is_zero = bool(keys.get("none_is_zero", False))
    return Part(keys["fact"], keys.get("where"), keys.get("of"), at, is_zero)
