"""Every landing rule on the cases of tests/data/claims/landing_rules/*.toml, in one batch.

The name of a case begins with the id of its rule, and only findings of that rule are compared: a
value that is wrong for one rule may be wrong for others. A name that begins with "the good" is
compared whole.
"""

from __future__ import annotations

from typing import Any

import pytest

from expectations import registry
from expectations.families import journeys
from expectations.landing import l02_header_totals
from health_warehouse.database.connections import engine
from health_warehouse.landing.judging import LandingReport, check_files
from health_warehouse.settings import Settings
from landing_cases import CASES, deliver_case
from quality_deliveries import findings


@pytest.fixture(scope="module")
def judged(module_settings: Settings) -> tuple[LandingReport, dict[str, list[dict[str, Any]]]]:
    """The report on all cases as one batch, and the findings of each case by its name."""
    with engine(module_settings, "loader").begin() as connection:
        file_ids = {case["name"]: deliver_case(connection, case) for case in CASES}
    report = check_files(module_settings, list(file_ids.values()))
    return report, {name: findings(module_settings, file_id) for name, file_id in file_ids.items()}


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case_is_judged_as_it_says(
    case: dict[str, Any],
    judged: tuple[LandingReport, dict[str, list[dict[str, Any]]]],
) -> None:
    rule_id = case["name"].split(" ")[0]
    found = [
        row
        for row in judged[1][case["name"]]
        if row["position"] in (None, 1)
        and (rule_id == "the" or row["rule_id"].split("_")[0] == rule_id)
    ]
    described = [
        f"{row['rule_id']} {row['table_name'] or '-'} {row['line'] or '-'} {row['field']}"
        for row in found
    ]
    assert sorted(described) == sorted(case["findings"]), [row["reason"] for row in found]


def test_names_of_cases_are_unique_and_begin_with_a_rule() -> None:
    names = [case["name"] for case in CASES]
    assert len(names) == len(set(names))
    known = {rule.id.split("_")[0] for rule in registry.LANDING} | {"the"}
    assert {name.split(" ")[0] for name in names} <= known


def test_every_rule_was_judged_and_has_a_bad_case(
    judged: tuple[LandingReport, dict[str, list[dict[str, Any]]]],
) -> None:
    """Those of visits, which need more than one dossier, have theirs in test_landing_journeys."""
    states = {outcome.rule.id: outcome for outcome in judged[0].outcomes}
    for rule in set(registry.LANDING) - set(journeys.FAMILY.rules):
        outcome = states[rule.id]
        assert outcome.state == "failed", f"{rule.id} has no bad case"
        assert outcome.checked_count > outcome.failed_count, f"{rule.id} has no good case"


def test_every_field_of_every_rule_has_a_bad_case(
    judged: tuple[LandingReport, dict[str, list[dict[str, Any]]]],
) -> None:
    found = {(row["rule_id"], row["field"]) for rows in judged[1].values() for row in rows}
    # MUC_HUONG and the like are reached by the same check as their neighbours; the money identities
    # must each be reached by a case of their own.
    identities = {
        ("L01", field)
        for field in ("THANH_TIEN_BV", "THANH_TIEN_BH", "T_NGUONKHAC", "T_BHTT", "T_BNCCT")
    } | {("L02", field) for field in l02_header_totals.RULE.fields}
    assert identities <= found


def test_findings_carry_keys_and_severity(
    judged: tuple[LandingReport, dict[str, list[dict[str, Any]]]],
) -> None:
    severities = {rule.id: rule.severity.value for rule in registry.LANDING}
    rows = [row for rows in judged[1].values() for row in rows]
    assert rows
    for row in rows:
        assert row["facility_id"] == "96001"
        assert row["severity"] == severities[row["rule_id"]]
        assert (row["dossier_id"] is None) == (row["position"] is None)
        assert (row["dossier_id"] or "LK-").startswith("LK-")
