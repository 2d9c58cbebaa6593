"""Three questions to the marts, as a BI tool would ask them: by `bi_reader`, of `marts` alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from health_warehouse.release.shipped_queries import ShippedQuery


@dataclass(frozen=True)
class Question:
    title: str
    sql: str


def shipped() -> list[ShippedQuery]:
    """The questions as queries that come with the project."""
    return [ShippedQuery(Path(__file__), f"-- {one.title}\n{one.sql}") for one in QUESTIONS]


QUESTIONS = (
    Question(
        "What did care cost, month by month?",
        """\
select
    to_char(month_start_date, 'YYYY-MM') as month,
    sum(encounter_count) as encounters,
    sum(inpatient_count) as inpatient,
    sum(inpatient_treatment_days)::bigint as treatment_days,
    sum(inpatient_billed_bed_days)::bigint as bed_days,
    round(sum(billed_amount_vnd) / 1e6, 1) as billed_m_vnd,
    round(sum(fund_amount_vnd) / 1e6, 1) as fund_m_vnd,
    sum(death_count) as deaths
from marts.rpt_facility_months
group by month_start_date
order by month_start_date""",
    ),
    Question(
        "Which facilities send most patients on?",
        """\
select
    facility_id,
    sum(encounter_count) as encounters,
    sum(transfer_professional_count) as professional,
    sum(transfer_requested_count) as on_request,
    round(
        100.0 * sum(transfer_professional_count + transfer_requested_count)
        / sum(encounter_count), 1
    ) as transferred_pct
from marts.rpt_facility_months
group by facility_id
order by transferred_pct desc, facility_id
limit 5""",
    ),
    Question(
        "What do people come for, and what does it cost?",
        """\
select
    diagnoses.chapter_code as chapter,
    diagnoses.chapter_name_en as name,
    count(*) as encounters,
    round(avg(encounters.billed_amount_vnd)) as mean_billed_vnd
from marts.fct_encounters as encounters
inner join marts.dim_diagnoses as diagnoses
    on encounters.main_diagnosis_key = diagnoses.diagnosis_key
group by diagnoses.chapter_code, diagnoses.chapter_name_en
order by encounters desc, chapter
limit 5""",
    ),
)
