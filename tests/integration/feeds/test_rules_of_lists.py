"""Each rule that a shipped list has beyond its columns, at its bound, through real judging."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from feed_steps import put, rows_of, take_in
from health_warehouse.feeds.catalogue import built_in
from health_warehouse.settings import Settings
from rows_of_lists import CASES, GOOD

DOUBLED = {
    "facility_registry": "listed_once",
    "workforce": "one_person_one_licence",
    "posts": "listed_once",
    "population": "listed_once",
    "insurance_membership": "listed_once",
    "hospital_activity_month": "reported_once",
}
"""Rules that a row breaks that stands twice in a delivery."""


def _deliveries(feed: str) -> Iterator[tuple[str, set[str], list[dict[str, Any]]]]:
    """Name of the file, rules that it breaks, its rows."""
    yield f"{feed}_good", set(), [GOOD[feed]]
    for rule, (breaking, holding) in CASES[feed].items():
        for number, change in enumerate((*breaking, *holding)):
            changes = change if isinstance(change, list) else [change]
            wanted = {rule} if number < len(breaking) else set()
            yield f"{feed}_{rule}_{number}", wanted, [{**GOOD[feed], **one} for one in changes]
    if feed in DOUBLED:
        yield f"{feed}_twice", {DOUBLED[feed]}, [GOOD[feed], GOOD[feed]]


def _found(settings: Settings) -> dict[str, set[str]]:
    """Rules without the feed's name, by file."""
    found: dict[str, set[str]] = {}
    for name, rule in rows_of(
        settings,
        "select f.file_name, finding.rule_id from ops.files as f"
        " left join quarantine.findings as finding using (file_id)",
    ):
        kept = found.setdefault(name.removesuffix(".jsonl"), set())
        if rule is not None:
            kept.add(rule.partition(".")[2])
    return found


@pytest.mark.parametrize("feed", sorted(GOOD))
def test_each_rule_at_its_bound(settings: Settings, feed: str) -> None:
    by_content = {str(rows): (name, wanted, rows) for name, wanted, rows in _deliveries(feed)}
    deliveries = list(by_content.values())
    for name, _, rows in deliveries:
        put(settings, f"{feed}/{name}.jsonl", rows)
    take_in(settings)
    found = _found(settings)
    beside = {"periods_apart", "one_station"}  # a row that stands twice overlaps itself, too
    for name, wanted, rows in deliveries:
        told = found[name] - (beside if name.endswith("_twice") else set())
        assert told == wanted, (name, rows)


@pytest.mark.parametrize("feed", sorted(GOOD))
def test_every_rule_has_a_case_that_breaks_it(feed: str) -> None:
    broken = {rule for rule, (breaking, _) in CASES[feed].items() if breaking}
    rules = {rule.name for rule in built_in()[feed].rules if not rule.is_of_others}
    assert broken | {DOUBLED.get(feed)} - {None} == rules
