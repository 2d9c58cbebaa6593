"""Steps for tests of rules between lists: rows that are good but for a change, what is found."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from build_steps import note_published
from expectations import registry
from feed_steps import deliver_rows, rows_of
from health_warehouse.release.build import build
from health_warehouse.settings import Settings
from rows_of_lists import GOOD

JULY = datetime(2026, 7, 3, 3, tzinfo=UTC)
Rows = list[dict[str, Any]]
OF_WHOLE_LISTS = {
    "commune_station.every_commune",
    "insurance_membership.all_communes",
    "population.sex_ratio_at_birth",
}
"""Told at some row of a list: lists in tests lack most communes."""


def changed(feed: str, *changes: dict[str, Any]) -> Rows:
    """A good row of the feed for each change."""
    return [{**GOOD[feed], **one} for one in changes]


def deliver_lists(settings: Settings, **feeds: Rows) -> None:
    """One list of each feed, which speaks of 30/06/2026 unless its rows say otherwise."""
    for feed, rows in feeds.items():
        deliver_rows(settings, f"{feed}/{feed}_20260630.jsonl", rows, JULY)


def found_by_hand(settings: Settings) -> set[tuple[str, int]]:
    """Rules by hand and the positions at which a build found something."""
    note_published(settings, build(settings))
    mine = [one.rule.id for one in registry.OF_LISTS]
    return {
        (rule, position)
        for rule, position in rows_of(
            settings,
            "select rule_id, position from quarantine.relation_findings where rule_id = any(:mine)",
            mine=mine,
        )
    }
