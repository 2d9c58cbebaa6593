"""The page of what lists must honour names every rule, and no rule that there is not."""

from __future__ import annotations

import re

import pytest

from expectations import registry
from expectations.generated.rules_of_contract import rules_of
from health_warehouse.feeds.catalogue import built_in
from health_warehouse.settings import PROJECT_DIR

PAGE = (PROJECT_DIR / "docs" / "rules_of_lists.md").read_text(encoding="utf-8")
PARTS = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
MADE_FROM_COLUMNS = {"required", "type", "list", "pattern", "bounds", "order", "length", "unique"}


@pytest.mark.parametrize("feed", sorted(PARTS))
def test_the_page_names_every_rule_and_no_other(feed: str) -> None:
    named = set(re.findall(r"`(\.?\w+)`", "".join(re.findall(r"\|[^|]*\|\n", PARTS[feed]))))
    by_hand = {
        name
        for one in registry.OF_LISTS
        for of, _, name in [one.rule.id.partition(".")]
        if of == feed
    }
    written = {rule.name for rule in built_in()[feed].rules} | by_hand
    assert {name for name in named if not name.startswith(".")} == written
    made = {rule.id.split(".")[1] for rule in rules_of(built_in()[feed])}
    assert {name[1:] for name in named if name.startswith(".")} <= made & MADE_FROM_COLUMNS


def test_the_page_has_a_part_for_each_feed_with_rules_by_hand() -> None:
    assert set(PARTS) == {one.rule.id.partition(".")[0] for one in registry.OF_LISTS}
