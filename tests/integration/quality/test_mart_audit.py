"""The audit of a candidate that dbt built: it passes what is right and holds what is wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from build_steps import note_published
from expectations import registry
from expectations.rules.rule import Rule
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.errors import CheckError, ReleaseHeld
from health_warehouse.quality.marts import AuditReport, audit
from health_warehouse.release.build import build
from health_warehouse.settings import Settings
from mart_candidates import build_candidate, deliver_dossiers, numbered_dossier, spoilt
from oracle.keys import encounter_key

WITHOUT_FRESHNESS = tuple(rule for rule in registry.MARTS if rule.id != "M08")


@pytest.fixture(scope="module")
def built(module_settings: Settings) -> Settings:
    build_candidate(module_settings)
    return module_settings


def _audit(settings: Settings) -> AuditReport:
    return audit(settings, rules=WITHOUT_FRESHNESS)


def _failed(report: AuditReport) -> set[str]:
    return {outcome.rule.id for outcome in report.outcomes if outcome.state == "failed"}


def _build_row(settings: Settings) -> tuple[str, str | None]:
    with engine(settings, OWNER).connect() as connection:
        row = connection.execute(
            text("select status, message from ops.builds order by build_id desc limit 1")
        ).one()
        return row.status, row.message


def test_a_right_candidate_passes_every_rule_and_none_is_vacuous(built: Settings) -> None:
    report = _audit(built)
    assert report.status == "passed"
    assert {outcome.state for outcome in report.outcomes} == {"passed"}
    assert _build_row(built) == ("passed", None)


def _is(dossier_id: str) -> str:
    """SQL: the encounter is that dossier of a facility of this test."""
    keys = (encounter_key(facility_id, dossier_id) for facility_id in ("96001", "96002"))
    return " or ".join(f"encounter_key = '{key}'" for key in keys)


# What is done to the candidate, and the rules that must see it.
SPOILT = {
    "an encounter is missing": (
        f"delete from candidate.fct_encounters where {_is('LK-1')}",
        {"M01", "M02", "M03", "M05"},
    ),
    "all encounters are missing": (
        "delete from candidate.fct_encounters",
        {"M01", "M02", "M03", "M05"},
    ),
    "a line is missing": (
        "delete from candidate.fct_claim_lines where claim_line_key ="
        " (select claim_line_key from candidate.fct_claim_lines order by 1 limit 1)",
        {"M01", "M02", "M05"},
    ),
    "one đồng is lost in a header": (
        "update candidate.fct_encounters set drug_amount_vnd = drug_amount_vnd - 1"
        f" where {_is('LK-2')}",
        {"M02"},
    ),
    "a hundredth is lost in a line": (
        "update candidate.fct_claim_lines set own_amount_vnd = own_amount_vnd - 0.01"
        " where table_code = 'XML3'",
        {"M02", "M05"},
    ),
    "a twin is missing": ("delete from candidate.fct_births where line_number = 2", {"M01"}),
    "a transfer is missing": (
        "delete from candidate.fct_transfers where not has_referral_slip",
        {"M01", "M05"},
    ),
    "a secondary diagnosis is missing": (
        "delete from candidate.bridge_encounters_diagnoses where diagnosis_order = 3",
        {"M01"},
    ),
    "a transfer is missing in its month": (
        "update candidate.rpt_transfer_months set transfer_count = transfer_count - 1",
        {"M05"},
    ),
    "an arrival is missing in the month of its transfer": (
        "update candidate.rpt_transfer_months set matched_count = 0 where matched_count > 0",
        {"M05"},
    ),
    "a stay is missing": (
        "delete from candidate.fct_stays where audience = 'open'",
        {"M05"},
    ),
    "an encounter is in two stays": (
        "update candidate.fct_stays set encounter_count = encounter_count + 1",
        {"M05"},
    ),
    "an arrival is not there": (
        "update candidate.fct_transfers set arrival_encounter_key = gen_random_uuid()"
        " where is_arrival_matched",
        {"M03"},
    ),
    "an arrival is too late": (
        "update candidate.fct_transfers set hours_to_arrival = 72.01 where is_arrival_matched",
        {"M06"},
    ),
    "a visit that was checked in has no waiting time": (
        "delete from candidate.fct_waiting_times where minutes_to_first_order is not null",
        {"M01"},
    ),
    "a person waits who was checked in after the order": (
        "update candidate.fct_waiting_times set minutes_to_first_order = 0"
        " where minutes_to_first_order is null",
        {"M06"},
    ),
    "a check-in of a closed dossier is open": (
        "update candidate.fct_waiting_times set audience = 'open' where audience = 'hiv'",
        {"M01", "M03", "M09"},
    ),
    "a visit keeps an appointment that is not kept": (
        "update candidate.fct_appointments set is_kept = not is_kept where is_kept is not null",
        {"M06"},
    ),
    "an appointment is not kept before anybody can know": (
        "update candidate.fct_appointments set is_kept = false where is_kept is null",
        {"M05"},
    ),
    "nobody says that an appointment was kept": (
        "update candidate.fct_appointments set is_kept = null where is_kept is not null",
        {"M05"},
    ),
    "a day of a bed is lost": (
        "update candidate.fct_encounters set billed_bed_days = billed_bed_days + 1",
        {"M05"},
    ),
    "an encounter with care for HIV is open": (
        "update candidate.fct_encounters set audience = 'open' where audience = 'hiv'",
        {"M01", "M05", "M09"},
    ),
    "a child of a mother with HIV is open": (
        "update candidate.fct_births set audience = 'open' where line_number = 1",
        {"M01", "M03", "M09"},
    ),
    "an open row of a transfer is missing": (
        "delete from candidate.fct_transfers where audience = 'open'",
        {"M01", "M05"},
    ),
    "a closed arrival is told of": (
        "update candidate.fct_appointments set visit_encounter_key = closed.encounter_key"
        " from (select encounter_key from candidate.fct_encounters"
        " where audience = 'hiv') as closed"
        " where audience = 'open' and visit_encounter_key is not null",
        {"M03"},
    ),
    "a closed row counts in an open month": (
        "update candidate.rpt_facility_months as open set encounter_count = closed.encounter_count"
        " from candidate.rpt_facility_months as closed"
        " where open.audience = 'open' and closed.audience = 'hiv'"
        " and open.facility_key = closed.facility_key"
        " and open.month_start_date = closed.month_start_date",
        {"M05"},
    ),
    "a practitioner whom lines name is missing": (
        "delete from candidate.dim_practitioners where is_known",
        {"M03"},
    ),
    "a province of a facility is missing": (
        "delete from candidate.dim_provinces where is_current",
        {"M03"},
    ),
    "an item that lines name is missing": (
        "delete from candidate.dim_items where item_code = '40.1'",
        {"M03"},
    ),
    "a person that encounters name is missing": ("delete from candidate.dim_persons", {"M03"}),
    "a diagnosis that encounters name is missing": (
        "delete from candidate.dim_diagnoses",
        {"M03", "M05"},
    ),
    "a facility is missing": (
        "delete from candidate.dim_facilities where facility_id = '96002'",
        {"M03"},
    ),
    "days are missing": (
        "delete from candidate.dim_dates where date_key = '2026-09-01'",
        {"M03"},
    ),
    "a month has a wrong figure": (
        "update candidate.rpt_facility_months"
        " set inpatient_treatment_days = inpatient_treatment_days + 1",
        {"M05"},
    ),
    "a month is missing": (
        "delete from candidate.rpt_facility_months where facility_id = '96001'",
        {"M05"},
    ),
    "an item's month has a wrong sum": (
        "update candidate.rpt_item_months set fund_amount_vnd = fund_amount_vnd + 1",
        {"M05"},
    ),
    "an item's month is missing": ("delete from candidate.rpt_item_months", {"M05"}),
    "an item's month that no line has": (
        "update candidate.rpt_item_months set cost_group_code = '99'",
        {"M05"},
    ),
    "a chapter of an age group has a death too many": (
        "update candidate.rpt_morbidity_months set death_count = death_count + 1",
        {"M05"},
    ),
    "an age group's month is missing": (
        "delete from candidate.rpt_morbidity_months where sex_code = '1'",
        {"M05"},
    ),
    "an age group that nobody is of": (
        "update candidate.rpt_morbidity_months set age_group = age_group || '?'",
        {"M05"},
    ),
    "an appointment of a month is kept by nobody": (
        "update candidate.rpt_appointment_months set kept_count = 0 where kept_count > 0",
        {"M05"},
    ),
    "a month of appointments is missing": (
        "delete from candidate.rpt_appointment_months",
        {"M05"},
    ),
    "a month of appointments that no slip names": (
        "update candidate.rpt_appointment_months"
        " set appointment_month_start_date = appointment_month_start_date - 400",
        {"M05"},
    ),
    "an appointment is in another month than its day": (
        "update candidate.fct_appointments"
        " set appointment_month_start_date = appointment_month_start_date - 31",
        {"M05"},
    ),
    "a line is for others than its encounter": (
        "update candidate.fct_claim_lines"
        " set audience = case audience when 'open' then 'hiv' else 'open' end",
        {"M01", "M03", "M05", "M09"},
    ),
    "a line is in another month than its encounter": (
        "update candidate.fct_claim_lines set month_start_date = month_start_date - 31",
        {"M05"},
    ),
    "a part is greater than the whole": (
        "update candidate.rpt_facility_months set inpatient_count = encounter_count + 1",
        {"M05", "M06"},
    ),
}


@pytest.mark.parametrize("case", SPOILT)
def test_a_wrong_candidate_is_held_and_the_rule_is_named(built: Settings, case: str) -> None:
    statement, rules = SPOILT[case]
    with spoilt(built, statement):
        with pytest.raises(ReleaseHeld) as held:
            _audit(built)
        status, message = _build_row(built)
        assert status == "held"
        for rule in sorted(rules):
            assert f"{rule}:" in str(held.value)
            assert f"{rule}:" in (message or "")
        others = {rule.id for rule in WITHOUT_FRESHNESS} - rules
        assert not [rule for rule in others if f"{rule}:" in str(held.value)], str(held.value)
        with engine(built, OWNER).connect() as connection:
            open_now = connection.execute(
                text("select rule_id from ops.incidents where state = 'open'")
            ).scalars()
            assert set(open_now) == rules


def test_incidents_are_resolved_when_a_later_audit_passes(built: Settings) -> None:
    with spoilt(built, "delete from candidate.dim_persons"), pytest.raises(ReleaseHeld):
        _audit(built)
    assert _audit(built).status == "passed"
    with engine(built, OWNER).connect() as connection:
        states = connection.execute(text("select distinct state from ops.incidents")).scalars()
        assert list(states) == ["resolved"]


def test_a_duplicate_key_is_held(built: Settings) -> None:
    with engine(built, "transformer").begin() as connection:
        name = connection.execute(
            text(
                "select conname from pg_constraint"
                " where conrelid = 'candidate.dim_items'::regclass and contype = 'p'"
            )
        ).scalar_one()
        connection.execute(text(f'alter table candidate.dim_items drop constraint "{name}"'))
    try:
        with (
            spoilt(built, "insert into candidate.dim_items select * from candidate.dim_items"),
            pytest.raises(ReleaseHeld, match="M04"),
        ):
            _audit(built)
    finally:
        with engine(built, "transformer").begin() as connection:
            connection.execute(
                text("alter table candidate.dim_items add primary key (item_key, audience)")
            )


def test_a_declared_oddity_and_old_files_are_notices_only(built: Settings) -> None:
    aged = "update candidate.fct_encounters set age_years = 214 where age_years >= 60"
    with spoilt(built, aged):
        report = audit(built)
    assert {outcome.rule.id for outcome in report.notices} == {"M07", "M08"}
    assert report.status == "passed"


def test_a_rule_that_cannot_be_judged_holds_the_build(built: Settings) -> None:
    rows = replace(registry.MARTS[0].rows[0], sql="select 1 as x from candidate.no_such_table")
    broken: Rule = replace(registry.MARTS[0], id="M99", rows=(rows,))
    with pytest.raises(CheckError, match="M99"):
        audit(built, rules=[*WITHOUT_FRESHNESS, broken])
    assert _build_row(built)[0] == "held"
    audit(built, rules=WITHOUT_FRESHNESS)


def test_an_older_build_is_not_audited(built: Settings) -> None:
    with pytest.raises(CheckError, match="overwritten"):
        audit(built, build_id=0)


def test_an_increment_is_judged_on_what_it_affected(built: Settings) -> None:
    """Last in the module: it publishes and builds again."""
    with engine(built, OWNER).connect() as connection:
        newest = connection.execute(
            text("select build_id, to_change_id, is_full from ops.builds order by 1 desc limit 1")
        ).one()
    note_published(built, newest)
    deliver_dossiers(
        built, "d", "96002", [numbered_dossier(2, ngay_ra="202609021000"), numbered_dossier(7)]
    )
    assert not build(built).is_full
    report = _audit(built)
    checked = {outcome.rule.id: outcome.checked_count for outcome in report.outcomes}
    # an encounter, its lines and its diagnoses each, one transfer and one discharge paper
    assert checked["M01"] == 2 * 3 + 2
    states = {outcome.rule.id: outcome.state for outcome in report.outcomes}
    # no month with a report is among them
    assert states.pop("M10") == "not_applicable"
    assert set(states.values()) == {"passed"}
    with engine(built, "transformer").begin() as connection:
        connection.execute(
            text(f"update candidate.fct_encounters set own_amount_vnd = 0 where {_is('LK-7')}")
        )
    with pytest.raises(ReleaseHeld, match="M02"):
        _audit(built)
