"""Great Expectations' own suite of a list finds the rows that the warehouse finds."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from feed_steps import deliver_rows, rows_of
from health_warehouse.cli import app
from health_warehouse.commands import feeds
from health_warehouse.database.connections import role_url
from health_warehouse.feeds.catalogue import built_in
from health_warehouse.quality.feed_asset import asset_query
from health_warehouse.quality.runner import _context, suite_of_feed
from health_warehouse.settings import Settings
from rows_of_lists import CASES, GOOD

WRONG: dict[str, Any] = {
    "facility_code": "9600",
    "as_of_date": "2026-13-01",
    "valid_from": "x",
    "licence_date": "20261301",
    "beds_planned": "-1",
    "population": "1.5",
    "members": "-1",
    "title_code": "99",
    "occupation": "astronaut",
    "commune_code": "00000",
    "citizen_id": "12",
    "time_share": "1.1",
    "visits_total": "",
    "is_main_place": "maybe",
    "has_doctor": "perhaps",
    "days_of_week": "T9",
    "month": "2026-13",
}
"""Values that break rules on single columns."""


def _rows(feed: str) -> list[dict[str, Any]]:
    rows = [GOOD[feed]]
    for breaking, holding in CASES[feed].values():
        for change in (*breaking, *holding):
            changes = change if isinstance(change, list) else [change]
            rows += [{**GOOD[feed], **one} for one in changes]
    rows += [{**GOOD[feed], name: value} for name, value in WRONG.items() if name in GOOD[feed]]
    return rows


def _found_by_gx(settings: Settings, feed: str) -> Counter[tuple[str, str]]:
    """Rows that break each expectation, by rule and label."""
    context = _context()
    from health_warehouse.quality.feed_suite import suite

    url = role_url(settings, "loader").render_as_string(hide_password=False)
    source = context.data_sources.add_postgres(name=f"t {uuid4().hex}", connection_string=url)
    query = asset_query(built_in()[feed], "select file_id from ops.files")
    batch = source.add_query_asset("rows", query=query).add_batch_definition_whole_table("all")
    result = batch.get_batch().validate(suite(built_in()[feed]), result_format="BASIC")
    found: Counter[tuple[str, str]] = Counter()
    for one in result.results:
        assert "unexpected_count" in one.result, str(one.exception_info)[:1500]
        meta = one.expectation_config.meta
        found[meta["rule"], meta["field"]] += one.result["unexpected_count"] or 0
    return found


@pytest.mark.parametrize("feed", sorted(GOOD))
def test_both_find_the_same_rows(settings: Settings, feed: str) -> None:
    deliver_rows(settings, f"{feed}/rows.jsonl", _rows(feed))
    ours = Counter(
        {
            (rule, field): count
            for rule, field, count in rows_of(
                settings,
                "select rule_id, field, count(*) from quarantine.findings"
                " where rule_id like :feed group by 1, 2",
                feed=f"{feed}.%",
            )
        }
    )
    assert len(ours) >= len(built_in()[feed].rules)
    assert +_found_by_gx(settings, feed) == ours


def test_the_suite_is_printed_as_great_expectations_has_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "get_settings", lambda: settings)
    printed = CliRunner().invoke(app, ["feeds", "suite", "posts"])
    assert printed.exit_code == 0, printed.output
    told = json.loads(printed.stdout)
    assert told == suite_of_feed(built_in()["posts"])
    kinds = {one["type"] for one in told["expectations"]}
    assert {
        "expect_column_values_to_not_be_null",
        "expect_column_values_to_be_in_set",
        "expect_column_values_to_match_regex",
        "expect_column_values_to_be_between",
        "expect_compound_columns_to_be_unique",
    } <= kinds


def test_claims_have_no_suite_of_a_contract(settings: Settings) -> None:
    _ = settings
    refused = CliRunner().invoke(app, ["feeds", "suite", "claims"])
    assert refused.exit_code != 0
