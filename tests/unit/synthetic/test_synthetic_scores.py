"""How recall and false alarms are counted, on findings made up for it."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.recall import Result, compare
from health_warehouse.synthetic.injected import Label

_FILE = "96001_20260701_1.xml"


def _label(dossier: str, rule: str = "L01", severity: str = "E", **more: str) -> Label:
    blank = dict.fromkeys(Label._fields, "")
    given = {
        "file": _FILE,
        "facility": "96001",
        "dossier": dossier,
        "kind": "some_kind",
        "expected_rule": rule,
        "expected_severity": severity,
    }
    return Label(**blank | given | more)


def _finding(
    dossier: str, rule: str = "L01", severity: str = "quarantine_dossier"
) -> dict[str, Any]:
    return {
        "file": _FILE,
        "facility": "96001",
        "dossier": dossier,
        "table": "XML2",
        "line": 1,
        "field": "T_BNTT",
        "rule": rule,
        "severity": severity,
        "reason": "the payers do not add up",
    }


def _result(labels: list[Label], findings: list[dict[str, Any]]) -> Result:
    result = Result(facility_months=1)
    compare(labels, findings, result, "here")
    return result


def test_a_finding_of_the_rule_on_the_dossier_is_a_hit() -> None:
    result = _result([_label("1")], [_finding("1", "L01_parts")])
    assert (result.recall, result.alarm_rate, result.is_good) == (1, 0, True)


@pytest.mark.parametrize(
    "found",
    [[], [_finding("1", "K01")], [_finding("2")]],
    ids=["nothing", "another rule", "another dossier"],
)
def test_everything_else_is_a_miss_and_is_listed(found: list[dict[str, Any]]) -> None:
    result = _result([_label("1")], found)
    assert result.recall == 0
    assert [miss["dossier"] for miss in result.misses] == ["1"]
    assert not result.is_good


def test_other_rules_on_a_labelled_dossier_are_told_and_are_no_alarms() -> None:
    result = _result([_label("1")], [_finding("1"), _finding("1", "L02")])
    assert result.kinds["some_kind"].collateral == {"L02": 1}
    assert result.alarm_rate == 0


def test_a_flag_without_a_label_is_a_false_alarm_with_an_example() -> None:
    result = _result([_label("1")], [_finding("1"), _finding("2", "P01", "flag_line")])
    assert result.false_alarms == {"P01": 1}
    assert "the payers do not add up" in result.examples["P01"][0]


def test_what_is_only_recorded_is_no_alarm() -> None:
    assert _result([], [_finding("1", "V02", "record")]).alarm_rate == 0


def test_more_than_one_alarm_per_facility_month_is_too_many() -> None:
    assert _result([], [_finding("1")]).is_good
    assert not _result([], [_finding("1"), _finding("2")]).is_good


def test_one_of_several_rules_is_enough() -> None:
    assert _result([_label("1", "K02;K03")], [_finding("1", "K03_other")]).recall == 1


def test_another_severity_than_the_standard_s_is_told() -> None:
    result = _result([_label("1", severity="W")], [_finding("1")])
    assert (result.recall, result.kinds["some_kind"].other_severity) == (1, {"E": 1})
    either = _result([_label("1", severity="E/W")], [_finding("1")])
    assert either.kinds["some_kind"].other_severity == {}


def test_defects_of_two_dossiers_may_be_found_on_the_second() -> None:
    label = _label("1", "V01", "W", other="96001/2")
    result = _result([label], [_finding("2", "V01", "flag_line")])
    assert (result.recall, result.alarm_rate) == (1, 0)


def test_defects_of_whole_files_are_looked_for_by_the_file() -> None:
    result = _result([_label("", "F01")], [_finding("", "F01", "refuse_file")])
    assert (result.recall, result.alarm_rate) == (1, 0)


def test_a_dossier_without_its_header_is_looked_for_by_the_file() -> None:
    result = _result([_label("1", "F03", kind="no_header")], [_finding("", "F03")])
    assert result.recall == 1
