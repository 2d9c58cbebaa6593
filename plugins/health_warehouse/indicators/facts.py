"""What figures are taken of: facts and lists, with the columns that definitions may name.

A fact of claims has rows of days, and an indicator adds them up. A list says a state: it holds from
its day until the next list of its sender, and is taken at ends of periods.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Division = Literal["by_row", "twice", "open"]
OF_FACILITIES: Mapping[str, str] = {
    "facility_type": "text",
    "ownership": "text",
    "professional_level": "text",
}
"""Attributes of a row's facility, as they were on its day."""
_MONTHLY = frozenset({"month_cal", "quarter_cal", "half_cal", "nine_month", "year_cal"})
_ALL = frozenset({*_MONTHLY, "week_iso", "half_admin", "year_admin"})
_ENDS_OF_MONTHS = _ALL - {"week_iso"}


@dataclass(frozen=True)
class Fact:
    """`relation` is the model that its rows come from; `feeds` are those whose changes change them.
    `columns` may be named in clauses, each with its type. `calendars` are those whose periods its
    rows can be told apart by. `taken` says how it may be taken in a period, first as it is by
    default. `division`: by_row, each row is of one audience; twice, each row is there per audience;
    open, no row is closed. Of a fact that is there twice, rows say for whom they are, and whether
    they are that audience's own (`is_own`). `closed_columns`: what a sender counts with closed
    dossiers among the others: less the open ones it would tell of these, so what is taken of them
    is for the classes alone."""

    code: str
    relation: str
    feeds: tuple[str, ...]
    columns: Mapping[str, str]
    division: Division = "open"
    calendars: frozenset[str] = _ALL
    taken: tuple[str, ...] = ("sum",)
    has_commune: bool = False
    closed_columns: frozenset[str] = frozenset()

    def is_closed(self, clause: str) -> bool:
        """Whether a clause names a closed column."""
        return not self.closed_columns.isdisjoint(re.findall(r"\w+", clause))

    @property
    def is_of_claims(self) -> bool:
        return self.division != "open"

    @property
    def is_state(self) -> bool:
        return "end" in self.taken


_ENCOUNTERS = Fact(
    code="encounters",
    relation="fct_encounters",
    feeds=("claims",),
    division="by_row",
    columns={
        "care_type_code": "text",
        "eligibility_code": "text",
        "discharge_type_code": "text",
        "outcome_code": "text",
        "is_inpatient": "boolean",
        "is_death": "boolean",
        "treatment_days": "numeric",
        "billed_bed_days": "numeric",
        "billed_amount_vnd": "numeric",
        "fund_amount_vnd": "numeric",
        "copayment_amount_vnd": "numeric",
        "own_amount_vnd": "numeric",
        "referred_from_facility_id": "text",
        "registered_facility_id": "text",
        "card_prefix": "text",
        "identified_by": "text",
        "has_citizen_id": "boolean",
        "age_years": "integer",
        "sex_code": "text",
        **OF_FACILITIES,
    },
)
_TRANSFERS = Fact(
    code="transfers",
    relation="fct_transfers",
    feeds=("claims", "facility_registry"),
    division="twice",
    columns={
        "discharge_type_code": "text",
        "transfer_reason_code": "text",
        "direction_code": "text",
        "from_level_code": "text",
        "to_level_code": "text",
        "has_referral_slip": "boolean",
        "is_arrival_matched": "boolean",
        "is_matched_where_sent": "boolean",
        "is_cross_province": "boolean",
        "is_back_referral": "boolean",
        **OF_FACILITIES,
    },
)
_STAYS = Fact(
    code="stays",
    relation="fct_stays",
    feeds=("claims",),
    division="twice",
    columns={
        "stay_days": "numeric",
        "encounter_count": "integer",
        "is_death": "boolean",
        "is_index_stay": "boolean",
        "is_readmitted": "boolean",
        "is_readmitted_unplanned": "boolean",
        **OF_FACILITIES,
    },
)
_REPORTS = Fact(
    code="activity_reports",
    relation="int_indicators__activity_reports",
    feeds=("hospital_activity_month", "facility_registry"),
    calendars=_MONTHLY,
    columns={
        "days_in_month": "integer",
        "beds_planned": "bigint",
        "beds_actual": "bigint",
        "visits_total": "bigint",
        "visits_insured": "bigint",
        "admissions": "bigint",
        "bed_days": "bigint",
        "discharges": "bigint",
        "deaths_inpatient": "bigint",
        "transfers_out_exam": "bigint",
        "transfers_out_inpatient": "bigint",
        **OF_FACILITIES,
    },
    closed_columns=frozenset(
        {
            "visits_total",
            "visits_insured",
            "admissions",
            "bed_days",
            "discharges",
            "deaths_inpatient",
            "transfers_out_exam",
            "transfers_out_inpatient",
        }
    ),
)
_STATE = ("end", "middle", "mean")
_STAFF = Fact(
    code="staff",
    relation="int_indicators__staff",
    feeds=("workforce", "facility_registry"),
    calendars=_ENDS_OF_MONTHS,
    taken=_STATE,
    columns={
        "is_main_place": "boolean",
        "is_first_main_place": "boolean",
        "title_code": "text",
        "occupation": "text",
        "degree": "text",
        "has_scope": "boolean",
        "is_licence_valid": "boolean",
        "employment_kind": "text",
        **OF_FACILITIES,
    },
)
_DEPARTURES = Fact(
    code="departures",
    relation="int_indicators__departures",
    feeds=("workforce", "facility_registry"),
    columns={
        "is_main_place": "boolean",
        "occupation": "text",
        "leave_reason": "text",
        **OF_FACILITIES,
    },
)
_POSTS = Fact(
    code="posts",
    relation="int_indicators__posts",
    feeds=("posts", "facility_registry"),
    calendars=_ENDS_OF_MONTHS,
    taken=_STATE,
    columns={
        "occupation": "text",
        "approved_posts": "bigint",
        "filled_posts": "bigint",
        "contract_staff": "bigint",
        "needed_by_norm": "bigint",
        **OF_FACILITIES,
    },
)
_STATIONS = Fact(
    code="stations",
    relation="int_indicators__stations",
    feeds=("commune_station",),
    calendars=_ENDS_OF_MONTHS,
    taken=_STATE,
    has_commune=True,
    columns={
        "unit_kind": "text",
        "doctors_own": "bigint",
        "doctors_rotated": "bigint",
        "doctors_total": "bigint",
        "midwives": "bigint",
        "nurses": "bigint",
        "has_doctor": "boolean",
        "criteria_met": "boolean",
        "stay_beds": "bigint",
    },
)
_ROTATIONS = Fact(
    code="rotations",
    relation="int_indicators__rotations",
    feeds=("rotation", "facility_registry"),
    columns={
        "programme": "text",
        "occupation": "text",
        "staff_group": "text",
        "starts": "boolean",
        "planned_persons": "bigint",
        "days_in_atom": "integer",
        "time_share": "numeric",
        **OF_FACILITIES,
    },
)
_FACILITIES = Fact(
    code="facilities",
    relation="int_indicators__facilities",
    feeds=("facility_registry",),
    calendars=_ENDS_OF_MONTHS,
    taken=_STATE,
    columns={
        "beds_planned": "bigint",
        "beds_registered": "bigint",
        "beds_actual": "bigint",
        "beds_icu": "bigint",
        **OF_FACILITIES,
    },
)
_POPULATION = Fact(
    code="population",
    relation="int_indicators__population",
    feeds=("population",),
    calendars=_ENDS_OF_MONTHS,
    taken=_STATE,
    has_commune=True,
    columns={"age_band": "text", "population": "bigint", "live_births": "bigint"},
)
_MEMBERS = Fact(
    code="members",
    relation="int_indicators__members",
    feeds=("insurance_membership",),
    calendars=_ENDS_OF_MONTHS,
    taken=_STATE,
    has_commune=True,
    columns={
        "group_code": "text",
        "age_band": "text",
        "sex": "text",
        "residence_basis": "text",
        "counted": "text",
        "members": "bigint",
        "registered_here": "bigint",
    },
)
FACTS: Mapping[str, Fact] = {
    fact.code: fact
    for fact in (
        _ENCOUNTERS,
        _TRANSFERS,
        _STAYS,
        _REPORTS,
        _STAFF,
        _DEPARTURES,
        _POSTS,
        _STATIONS,
        _ROTATIONS,
        _FACILITIES,
        _POPULATION,
        _MEMBERS,
    )
}
