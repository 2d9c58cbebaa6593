from __future__ import annotations

from expectations import registry
from expectations.landing import f01_envelope, f03_readable_dossier
from expectations.rules.rule import Severity
from health_warehouse.quality.rules_page import PAGE, described, page
from health_warehouse.sources.claims import check_ins, parse


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


def test_the_page_says_when_a_rule_on_files_only_quarantines_a_dossier() -> None:
    text = page()
    said = {rule.id for rule in registry.ALL if rule.one_dossier is not None}
    assert said == {"F01", "F03"}
    for rule in (f01_envelope.RULE, f03_readable_dossier.RULE):
        assert rule.severity is Severity.REFUSE_FILE
        assert rule.one_dossier is not None
        section = text[text.index(f"### {rule.id}\n") :].split("\n### ")[0]
        assert "the file is refused" in section
        assert "only the dossier is quarantined" in section
        assert f": where {rule.one_dossier.when_en}" in section
        [plain] = described([rule])
        assert plain["one_dossier"] == rule.one_dossier.when_en


def test_f03_says_how_many_unreadable_dossiers_the_parser_takes() -> None:
    assert parse.MAX_FAULTY_DOSSIERS == check_ins.MAX_FAULTY_ROWS
    assert f03_readable_dossier.RULE.threshold.startswith(f"{parse.MAX_FAULTY_DOSSIERS} ")
