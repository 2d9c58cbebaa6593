from __future__ import annotations

from expectations import registry
from health_warehouse.quality.rules_page import PAGE, page


def test_docs_rules_is_what_the_declarations_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "docs/rules.md is stale: run `python -m health_warehouse.quality.rules_page`"
    )


def test_the_page_lists_every_rule() -> None:
    text = page()
    assert registry.ALL
    for rule in registry.ALL:
        assert f"### {rule.id}\n" in text


def test_the_page_says_what_is_not_judged_and_no_rule_is_both() -> None:
    text = page()
    declared = {rule.id for rule in registry.ALL}
    for rule in registry.NOT_JUDGED:
        assert f"- **{rule.id}**: " in text
        assert rule.id not in declared
