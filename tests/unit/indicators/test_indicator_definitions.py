"""Definitions of indicators: what is wrong in a file is told by file and line, all at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from health_warehouse.errors import ConfigurationError
from health_warehouse.feeds.catalogue import built_in
from health_warehouse.indicators import catalogue, clauses, component_models
from health_warehouse.indicators.catalogue import examine, indicators, left_out
from health_warehouse.indicators.facts import FACTS
from health_warehouse.reference.periods import CODES

GOOD = """\
code: SHARE_PCT
name: {vi: Tỷ lệ, en: Share}
definition: {vi: Số chuyển trên số lượt., en: Transfers over encounters.}
kind: flow
unit: percent
direction: down
numerator: {fact: encounters, where: "discharge_type_code in ('2', '5')"}
denominator: {fact: encounters}
calendars: [month_cal, half_admin]
areas: [P, F]
feeds: [claims]
standard: own
confidence: own
small_numbers: N30
owner: Phòng Nghiệp vụ Y
targets:
  - {scope: nation, year: 2030, value: 1.5, kind: target, source: NQ 72, confidence: H}
"""


def told(folder: Path, text: str, name: str = "share_pct.yml") -> list[str]:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    _, problems = examine([path])
    return [f"{one.line}: {one.message}" for one in problems]


def test_a_good_file_is_an_indicator(tmp_path: Path) -> None:
    path = tmp_path / "share_pct.yml"
    path.write_text(GOOD, encoding="utf-8")
    [read], problems = examine([path])
    assert problems == []
    assert (read.code, read.factor, read.numerator.at) == ("SHARE_PCT", 100, "sum")
    assert read.targets[0].value == 1.5


@pytest.mark.parametrize(
    ("before", "after", "line", "words"),
    [
        ("discharge_type_code in", "discharge_typ in", 7, "write discharge_type_code"),
        ("in ('2', '5')", "in ('2', '5'", 7, "parentheses do not match"),
        ("in ('2', '5')", "in ('2'); drop", 7, "only names, numbers, texts"),
        ("fact: encounters}", "fact: encounter}", 8, "write encounters"),
        ("fact: encounters}", "fact: encounters, at: end}", 8, "tell what happens"),
        ("[month_cal, half_admin]", "[month_cal, half_year]", 9, "write half_cal"),
        ("areas: [P, F]", "areas: [F]", 10, None),
        ("feeds: [claims]", "feeds: [workforce]", 11, "encounters come from claims"),
        ("code: SHARE_PCT", "code: OTHER_PCT", 1, "call the file other_pct.yml"),
        ("kind: flow", "kind: rate", 4, "write one of flow, stock, distinct, imported"),
        ("owner: Phòng", "owners: Phòng", 15, "nobody reads the key 'owners'"),
        ("denominator: {fact: encounters}\n", "", 13, "N30 asks for a denominator"),
        ("scope: nation", 'scope: "9"', 17, "write nation, or the code of a province"),
    ],
)
def test_a_mistake_is_told_by_its_line(
    tmp_path: Path, before: str, after: str, line: int, words: str | None
) -> None:
    assert GOOD.count(before) == 1 or before == "fact: encounters}"
    found = told(tmp_path, GOOD.replace(before, after, 1))
    if words is None:
        assert found == []
    else:
        assert any(one.startswith(f"{line}: ") and words in one for one in found), found


def test_a_monthly_report_cannot_be_told_apart_by_administrative_halves(tmp_path: Path) -> None:
    text = GOOD.replace("{fact: encounters}", "{fact: activity_reports, of: visits_total}")
    [found] = told(tmp_path, text.replace("[claims]", "[claims, hospital_activity_month]"))
    assert found.startswith("9: activity_reports cannot be told apart by half_admin")


def test_a_target_of_a_province_asks_for_its_area(tmp_path: Path) -> None:
    text = GOOD.replace("scope: nation", 'scope: "96"').replace("[P, F]", "[F]")
    assert told(tmp_path, text) == ["17: the target is of a province, and `areas` has no P"]


def test_the_catalogue_names_every_mistake_of_every_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "share_pct.yml").write_text(GOOD.replace("flow", "x"), encoding="utf-8")
    (tmp_path / "other.yml").write_text("- a list\n", encoding="utf-8")
    monkeypatch.setattr(catalogue, "DEFINITIONS", tmp_path)
    with pytest.raises(ConfigurationError) as error:
        indicators.__wrapped__()
    assert "share_pct.yml:4: " in str(error.value)
    assert "other.yml:1: " in str(error.value)


def test_the_registry_has_ninety_and_says_of_each_why_it_is_left_out() -> None:
    computed = {one.code for one in indicators()}
    lacking = {one.code for one in left_out()}
    assert len(computed) >= 30
    assert not computed & lacking
    assert len(computed | lacking) == 90
    assert all(one.reason.vi and one.reason.en for one in left_out())


def test_each_shipped_feed_is_one_and_each_fact_comes_from_one() -> None:
    feeds = set(built_in()) | {"claims"}
    assert {feed for one in indicators() for feed in one.feeds} <= feeds
    assert {feed for fact in FACTS.values() for feed in fact.feeds} <= feeds
    assert {code for fact in FACTS.values() for code in fact.calendars} <= set(CODES.values())


def test_every_fact_has_the_calendars_that_its_indicators_ask_for() -> None:
    named = {part.fact for one in indicators() for part in one.parts.values()}
    assert named == {fact.code for fact in component_models.used_facts()}


def test_a_province_has_targets_of_its_own_and_of_the_nation() -> None:
    [doctors] = [one for one in indicators() if one.code == "DOCTORS_PER_10K"]
    scopes = {(target.scope, target.year, target.value) for target in doctors.targets}
    assert {("nation", 2025, 15), ("nation", 2025, 10), ("56", 2025, 10)} <= scopes
    assert all(2000 <= target.year <= date.max.year for target in doctors.targets)


def test_conditions_are_split_where_and_joins_them() -> None:
    joined = "a = 'x and y' and b between 1 and 2 and (c or d)"
    assert clauses.conditions(joined) == ["a = 'x and y'", "b between 1 and 2", "(c or d)"]
    assert clauses.conditions("a and b or c") == ["a and b or c"]


def test_columns_are_qualified_and_texts_are_left_alone() -> None:
    assert clauses.qualified("unit = 'unit' and x > 1", {"unit", "x"}) == (
        "facts.unit = 'unit' and facts.x > 1"
    )
