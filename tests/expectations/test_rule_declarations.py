"""What every declaration must have, and what is generated from one."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import expectations
from expectations import registry
from expectations.rules import statements
from expectations.rules.family import Family
from expectations.rules.rule import Check, Rows, Rule, Scope, Severity
from health_warehouse.landing.predecessors import FOUND

_LANDING = {
    Severity.REFUSE_FILE,
    Severity.QUARANTINE_DOSSIER,
    Severity.FLAG_LINE,
    Severity.RECORD,
}


def test_ids_are_unique() -> None:
    ids = [rule.id for rule in registry.ALL]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("family", registry.FAMILIES, ids=lambda family: family.letter)
def test_a_rule_is_listed_in_the_family_of_its_letter(family: Family) -> None:
    assert {rule.id[0] for rule in family.rules} <= {family.letter}


@pytest.mark.parametrize("rule", registry.ALL, ids=lambda rule: rule.id)
def test_a_rule_says_what_it_must(rule: Rule) -> None:
    assert rule.sentence_vi.endswith(".")
    assert rule.sentence_en.endswith(".")
    assert rule.source.text
    assert rule.owner
    assert rule.fields or rule.is_judged_by_parser or rule.scope is Scope.VERSIONS


@pytest.mark.parametrize("rule", registry.RELATIONS, ids=lambda rule: rule.id)
def test_a_rule_over_others_only_flags(rule: Rule) -> None:
    assert rule.severity in {Severity.FLAG_LINE, Severity.RECORD}


@pytest.mark.parametrize("rule", registry.LANDING, ids=lambda rule: rule.id)
def test_a_rule_at_the_door_reads_no_dossier_of_before(rule: Rule) -> None:
    known = ("ops.current_dossiers", "ops.dossier_changes", "intermediate.", "candidate.")
    assert [name for name in known if name in statements.findings(rule, "select 1")] == []


@pytest.mark.parametrize("rule", registry.LANDING, ids=lambda rule: rule.id)
def test_a_rule_at_the_door_says_nothing_of_a_batch(rule: Rule) -> None:
    """Which files are judged together is chance: a rule compares what is in one file."""
    assert "batch" not in rule.sentence_en


@pytest.mark.parametrize("rule", registry.LANDING, ids=lambda rule: rule.id)
def test_a_rule_at_the_door_has_a_severity_of_the_door(rule: Rule) -> None:
    assert rule.severity in _LANDING


@pytest.mark.parametrize("rule", registry.MARTS, ids=lambda rule: rule.id)
def test_a_rule_of_the_marts_says_what_an_increment_covers(rule: Rule) -> None:
    assert rule.severity in {Severity.HOLD_RELEASE, Severity.NOTICE}
    assert rule.scope is Scope.RELEASE
    assert rule.coverage


def test_every_declaration_in_a_file_is_registered() -> None:
    folder = Path(expectations.__file__).parent
    named = dict.fromkeys(("landing", "relations", "marts"), r'^    id="(\w+)",$')
    named["lists"] = r'^    "(\w+\.\w+)",$'
    declared = [
        name
        for room, form in named.items()
        for path in sorted(folder.glob(f"{room}/*.py"))
        for name in re.findall(form, path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert sorted(declared) == sorted(rule.id for rule in registry.ALL)


def _rule(holds: str) -> Rule:
    rows = Rows("'T'", "select * from batch", (Check("F", holds, "'why {it} failed'"),))
    return replace(registry.LANDING[0], id="X01", rows=(rows,))


def test_verdict_and_findings_carry_the_condition_of_the_declaration() -> None:
    rule = _rule("amount = 17")
    for statement in (statements.verdict(rule), statements.findings(rule, "select 1")):
        assert "(amount = 17) is true" in statement


def test_a_condition_with_braces_survives_the_formatting_of_the_batch() -> None:
    rule = _rule("code ~ '^[0-9]{5}$'")
    assert "{5}" in statements.verdict(rule).format(batch="b")
    assert "{5}" in statements.findings(rule, "select 1")


def test_the_verdict_holds_no_reason_and_no_value() -> None:
    for rule in (*registry.LANDING, *registry.RELATIONS, *registry.MARTS):
        verdict = statements.verdict(rule)
        selected = verdict[verdict.rindex("\nselect\n") :]
        assert "reason" not in selected
        assert "checked_count" in selected


def test_a_rule_judged_by_the_parser_has_no_sql() -> None:
    with pytest.raises(ValueError, match="no SQL"):
        statements.verdict(registry.JUDGED_BY_PARSER[0])


@pytest.mark.parametrize("rule", registry.ALL, ids=lambda rule: rule.id)
def test_a_figure_that_a_sentence_names_is_the_rules_threshold(rule: Rule) -> None:
    named = re.findall(r"(\d[\d.]*) (?:VND|hours|days|kg|%|codes)|(an hour)", rule.sentence_en)
    figures = {number or "1" for number, _ in named}
    assert not figures or figures & set(re.findall(r"\d[\d.]*", rule.threshold)), figures


def test_settling_gives_each_rule_on_versions_its_severity() -> None:
    told = dict(re.findall(r"'(V\d\d)',\s*'(quarantine_dossier|flag_line)'", FOUND))
    told |= dict.fromkeys(re.findall(r"'(V06_\w+)'", FOUND), "flag_line")
    assert told == {rule.id: rule.severity.value for rule in registry.SETTLED}
