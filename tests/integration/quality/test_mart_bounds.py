"""M02, M05 to M08 and M10 at their bounds: what just passes, and what just does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import text

from expectations.marts import m02_money_conserved as m02
from expectations.marts import m05_months_recounted as m05
from expectations.marts import m06_figures_in_range as m06
from expectations.marts import m08_fresh as m08
from expectations.marts import m10_concordance as m10
from expectations.rules.rule import Rule, Severity
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.errors import ConfigurationError, ReleaseHeld
from health_warehouse.quality.marts import audit, gate_rules
from health_warehouse.settings import Settings
from mart_candidates import build_candidate, spoilt

_MONEY = (
    "billed_amount_vnd", "in_scope_amount_vnd", "fund_amount_vnd", "copayment_amount_vnd",
    "own_amount_vnd", "other_source_amount_vnd",
)  # fmt: skip
_PARTS = (
    "inpatient_count", "transfer_professional_count", "transfer_requested_count", "death_count",
)  # fmt: skip


@pytest.fixture(scope="module")
def built(module_settings: Settings) -> Settings:
    build_candidate(module_settings)
    return module_settings


def _holds(settings: Settings, rule: Rule) -> bool:
    """Whether the rule, alone and as a notice, passes the candidate."""
    report = audit(settings, rules=[replace(rule, severity=Severity.NOTICE)])
    return {outcome.state for outcome in report.outcomes} == {"passed"}


def _bounds() -> Iterator[tuple[Rule, str, str, str, bool]]:
    """The rule, the mart, its column, a value, and whether it just passes."""
    for column, first, last, step in (
        ("fct_transfers.hours_to_arrival", -2, 72, 0.01),
        ("fct_appointments.days_from_appointment", -7, 14, 1),
    ):
        mart, name = column.split(".")
        yield m06.DERIVED, mart, name, str(first), True
        yield m06.DERIVED, mart, name, str(last), True
        yield m06.DERIVED, mart, name, str(first - step), False
        yield m06.DERIVED, mart, name, str(last + step), False
    waits = "fct_waiting_times"
    same = "(case when first_order_at >= checked_in_at then {} end)"
    for minutes, passes in (("0", True), ("-0.01", False)):
        yield m06.DERIVED, waits, "minutes_to_first_order", same.format(minutes), passes
    month = "rpt_facility_months"
    for part in _PARTS:
        yield m06.DERIVED, month, part, "0", True
        yield m06.DERIVED, month, part, "encounter_count", True
        yield m06.DERIVED, month, part, "-1", False
        yield m06.DERIVED, month, part, "encounter_count + 1", False
    slips = "rpt_appointment_months"
    for part, whole in (("due_count", "appointment_count"), ("kept_count", "due_count")):
        yield m06.DERIVED, slips, part, whole, True
        yield m06.DERIVED, slips, part, "-1", False
        yield m06.DERIVED, slips, part, f"{whole} + 1", False
    for amount in _MONEY:
        yield m06.DECLARED, "fct_encounters", amount, "0", True
        yield m06.DECLARED, "fct_encounters", amount, "-0.01", False
    for name, last, over in (("age_years", "130", "131"), ("treatment_days", "366", "366.001")):
        yield m06.DECLARED, "fct_encounters", name, "0", True
        yield m06.DECLARED, "fct_encounters", name, last, True
        yield m06.DECLARED, "fct_encounters", name, "-1", False
        yield m06.DECLARED, "fct_encounters", name, over, False


@pytest.mark.parametrize(
    ("rule", "mart", "column", "value", "passes"),
    list(_bounds()),
    ids=lambda part: part.id if isinstance(part, Rule) else str(part),
)
def test_a_figure_at_its_bound(
    built: Settings, rule: Rule, mart: str, column: str, value: str, passes: bool
) -> None:
    statement = f"update candidate.{mart} set {column} = {value} where {column} is not null"
    with spoilt(built, statement, marts=(mart,)):
        assert _holds(built, rule) is passes


def test_a_month_has_an_encounter(built: Settings) -> None:
    parts = ", ".join(f"{part} = 0" for part in _PARTS)
    for count, passes in ((1, True), (0, False)):
        statement = f"update candidate.rpt_facility_months set {parts}, encounter_count = {count}"
        with spoilt(built, statement, marts=("rpt_facility_months",)):
            assert _holds(built, m06.DERIVED) is passes


@pytest.mark.parametrize(
    ("figure", "figures", "passes"),
    [
        ("insured_visits", "gap_count = 4, larger_count = 200", True),
        ("insured_visits", "gap_count = -4, larger_count = 199", False),
        ("insured_inpatients", "gap_count = 4, larger_count = 199", False),
        ("inpatient_days", "gap_count = 9, larger_count = 180", True),
        ("inpatient_days", "gap_count = -9, larger_count = 179", False),
        ("transfers", "gap_count = -2, larger_count = 2", True),
        ("transfers", "gap_count = -3, larger_count = 3", False),
        ("discharges", "gap_count = -9, larger_count = 18, is_comparable = false", True),
        ("discharges", "gap_count = 9, larger_count = 18, is_comparable = false", False),
        ("inpatient_deaths", "gap_count = -9, larger_count = 9, has_claims = false", True),
    ],
)
def test_claims_and_report_differ(built: Settings, figure: str, figures: str, passes: bool) -> None:
    statement = (
        f"update candidate.rpt_concordance_months set {figures}"
        f" where figure_code = '{figure}' and audience = 'hiv'"
    )
    with spoilt(built, statement, marts=("rpt_concordance_months",)):
        assert _holds(built, m10.RULE) is passes


def test_a_difference_holds_the_release_where_a_setting_says_so(built: Settings) -> None:
    statement = "update candidate.rpt_concordance_months set gap_count = 9, larger_count = 18"
    strict = built.model_copy(update={"hold_release_for": "M10"})
    mine = [rule for rule in gate_rules(strict) if rule.id == "M10"]
    with spoilt(built, statement, marts=("rpt_concordance_months",)):
        assert audit(built, rules=[m10.RULE]).status == "passed"
        with pytest.raises(ReleaseHeld, match="M10"):
            audit(strict, rules=mine)
    with pytest.raises(ConfigurationError, match=r"names M05: name notices .*M07, M08, M10"):
        gate_rules(built.model_copy(update={"hold_release_for": "M05, M10"}))


@pytest.mark.parametrize(("age", "passes"), [("6 days 23:59", True), ("7 days 00:00:01", False)])
def test_senders_are_still_sending(built: Settings, age: str, passes: bool) -> None:
    """The day before the last is the newest: others are older."""
    with engine(built, OWNER).begin() as connection:
        connection.execute(
            text(
                "update ops.files set received_at ="
                " now() - cast(:age as interval) - (file_id - 1) * interval '1 day'"
            ),
            {"age": age},
        )
    assert _holds(built, m08.RULE) is passes


def _sums() -> Iterator[tuple[int, str, str]]:
    for number, (rows, mart) in enumerate(
        zip(m02.RULE.rows, ("fct_encounters", "fct_claim_lines"), strict=True)
    ):
        for check in rows.checks:
            yield number, mart, check.field


@pytest.mark.parametrize(("number", "mart", "column"), list(_sums()))
def test_a_hundredth_of_a_dong_is_missed(
    built: Settings, number: int, mart: str, column: str
) -> None:
    rule = replace(m02.RULE, rows=(m02.RULE.rows[number],))
    assert _holds(built, rule)
    statement = (
        f"update candidate.{mart} set {column} = coalesce({column}, 0) + 0.01"
        f" where ctid = (select min(ctid) from candidate.{mart})"
    )
    with spoilt(built, statement, marts=(mart,)):
        assert not _holds(built, rule)


def _figures() -> Iterator[tuple[str, str]]:
    for rows in m05.RULE.rows:
        mart = rows.table_sql.strip("'")
        if mart.startswith("rpt_"):
            for check in rows.checks:
                yield mart, check.field


@pytest.mark.parametrize(("mart", "figure"), list(_figures()))
def test_a_figure_of_a_report_that_is_not_the_recount(
    built: Settings, mart: str, figure: str
) -> None:
    (rows,) = [rows for rows in m05.RULE.rows if rows.table_sql == f"'{mart}'"]
    rule = replace(m05.RULE, rows=(rows,))
    statement = (
        f"update candidate.{mart} set {figure} = {figure} + 1"
        f" where ctid = (select min(ctid) from candidate.{mart})"
    )
    with spoilt(built, statement, marts=(mart,)):
        assert not _holds(built, rule)


def test_the_reports_of_dossiers_at_all_bounds_are_the_recount(built: Settings) -> None:
    assert _holds(built, m05.RULE)
    with engine(built, OWNER).connect() as connection:
        deaths, inpatients, professional, requested = connection.execute(
            text(
                "select death_count, inpatient_count, transfer_professional_count,"
                " transfer_requested_count from candidate.rpt_facility_months"
                " where facility_id = '96005'"
            )
        ).one()
        ages = connection.execute(
            text(
                "select age_group, sum(encounter_count) from candidate.rpt_morbidity_months"
                " join candidate.dim_facilities using (facility_key, audience)"
                " where facility_id = '96005' group by 1 order by 1"
            )
        ).all()
    # deaths of outcomes 5 and 8; 25 dossiers, of which those of types 01, 02, 05 to 08 and 10
    # are no inpatients
    assert (deaths, inpatients, professional, requested) == (2, 18, 1, 1)
    assert dict([*ages]) == {
        "00-04": 1,
        "05-14": 2,
        "15-59": 21,
        "60+": 1,
    }
