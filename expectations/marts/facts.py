"""The facts and bridges of the marts, for the rules that hold of all of them alike.

A new fact is one entry here: that its rows are those sent (M01), that what it names is there (M03),
that its keys are unique (M04) and that it carries the flag of its encounter (M09) follows.
"""

from __future__ import annotations

from dataclasses import dataclass

CHANGED = "int_claims__changed_dossiers"
JOURNEYS = "int_claims__touched_journeys"
DOSSIER = "facility_key, encounter_key"
ENCOUNTERS = "fct_encounters"


@dataclass(frozen=True)
class Fact:
    """`key` names the row within its dossier, empty when there is one row per dossier.

    `sent` are selects of facility_key and encounter_key from the relation `dossiers`: together one
    row for each row that the mart must hold, counted in `raw` and not in what dbt made of it.
    `scope` holds the keys that a build rewrites.
    """

    mart: str
    key: str
    sent: tuple[str, ...]
    scope: str = CHANGED

    @property
    def columns(self) -> str:
        """The primary key."""
        return f"{DOSSIER}, {self.key}" if self.key else DOSSIER


@dataclass(frozen=True)
class Reference:
    """Columns of a mart that name a row of another one, unless they are null."""

    mart: str
    columns: str
    to: str
    to_columns: str
    scope: str = CHANGED
    scope_columns: str = DOSSIER


def _rows_of(*tables: int) -> tuple[str, ...]:
    return tuple(
        f"select {DOSSIER} from dossiers join raw.claims_xml{table} using (file_id, position)"
        for table in tables
    )


_HEADERS = "dossiers join raw.claims_xml1 as header using (file_id, position)"

FACTS: tuple[Fact, ...] = (
    Fact(ENCOUNTERS, "", (f"select {DOSSIER} from dossiers where file_id is not null",)),
    Fact("fct_claim_lines", "claim_line_key", _rows_of(2, 3)),
    Fact(
        "bridge_encounters_diagnoses",
        "diagnosis_order",
        (
            f"select {DOSSIER} from dossiers where file_id is not null",
            f"select {DOSSIER} from {_HEADERS} cross join "
            "unnest(string_to_array(header.ma_benh_kt, ';')) as code where trim(code) <> ''",
        ),
    ),
    Fact("fct_diagnostic_results", "result_key", _rows_of(4)),
    Fact("fct_hiv_treatments", "hiv_treatment_key", _rows_of(6)),
    Fact("fct_births", "birth_key", _rows_of(9)),
    Fact("fct_sick_leaves", "sick_leave_key", _rows_of(10, 11)),
    Fact(
        "fct_transfers",
        "",
        (
            # `union` makes one row of a dossier that has both
            f"select {DOSSIER} from {_HEADERS} where raw.parse_number(header.ma_loai_rv) in (2, 5)"
            f" union {_rows_of(13)[0]}",
        ),
        JOURNEYS,
    ),
    Fact("fct_appointments", "appointment_key", _rows_of(14), JOURNEYS),
    Fact("fct_tb_treatments", "tb_treatment_key", _rows_of(15)),
)

REFERENCES: tuple[Reference, ...] = (
    Reference(ENCOUNTERS, "facility_key", "dim_facilities", "facility_key"),
    Reference(ENCOUNTERS, "person_key", "dim_persons", "person_key"),
    Reference(ENCOUNTERS, "main_diagnosis_key", "dim_diagnoses", "diagnosis_key"),
    Reference(ENCOUNTERS, "residence_commune_key", "dim_communes", "commune_key"),
    Reference(ENCOUNTERS, "residence_province_key", "dim_provinces", "province_key"),
    Reference(ENCOUNTERS, "arrival_date", "dim_dates", "date_key"),
    Reference(ENCOUNTERS, "discharge_date", "dim_dates", "date_key"),
    Reference("fct_claim_lines", "item_key", "dim_items", "item_key"),
    Reference(
        "fct_claim_lines", "ordering_practitioner_key", "dim_practitioners", "practitioner_key"
    ),
    Reference("bridge_encounters_diagnoses", "diagnosis_key", "dim_diagnoses", "diagnosis_key"),
    Reference(
        "fct_transfers",
        "arrival_facility_key, arrival_encounter_key",
        ENCOUNTERS,
        DOSSIER,
        JOURNEYS,
    ),
    Reference(
        "fct_appointments", "facility_key, visit_encounter_key", ENCOUNTERS, DOSSIER, JOURNEYS
    ),
    Reference(
        "rpt_appointment_months",
        "facility_key",
        "dim_facilities",
        "facility_key",
        "int_claims__touched_appointment_months",
        "facility_key, appointment_month_start_date",
    ),
    Reference(
        "rpt_facility_months",
        "facility_key",
        "dim_facilities",
        "facility_key",
        "int_claims__touched_facility_months",
        "facility_key, month_start_date",
    ),
    Reference(
        "rpt_morbidity_months",
        "facility_key",
        "dim_facilities",
        "facility_key",
        "int_claims__touched_morbidity_months",
        "facility_key, month_start_date, age_group, sex_code",
    ),
    *(
        Reference(
            "rpt_item_months",
            column,
            mart,
            column,
            "int_claims__touched_item_months",
            "facility_key, month_start_date, item_key",
        )
        for column, mart in (("facility_key", "dim_facilities"), ("item_key", "dim_items"))
    ),
    *(
        Reference(fact.mart, DOSSIER, ENCOUNTERS, DOSSIER, fact.scope)
        for fact in FACTS
        if fact.mart != ENCOUNTERS
    ),
)
