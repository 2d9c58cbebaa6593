"""M05: the monthly reports are what a recount of the encounters and of their lines gives.

The definitions are written out again here on purpose: month of end of care, inpatient = care type
03, 04, 09, transfers 2 (professional) and 5 (on request), deaths = outcome 5 or 8, ages from 5, 15
and 60 years.
"""

from collections.abc import Iterable

from expectations.marts.facts import CHANGED, DOSSIER, ENCOUNTERS
from expectations.marts.scope import TOUCHED_SCOPE
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source

_INPATIENT = "care_type_code in ('03', '04', '09')"
_FIGURES = {
    "encounter_count": "count(*)",
    "inpatient_count": f"count(*) filter (where {_INPATIENT})",
    "bed_days": f"coalesce(sum(treatment_days) filter (where {_INPATIENT}), 0)",
    "billed_amount_vnd": "coalesce(sum(billed_amount_vnd), 0)",
    "in_scope_amount_vnd": "coalesce(sum(in_scope_amount_vnd), 0)",
    "fund_amount_vnd": "coalesce(sum(fund_amount_vnd), 0)",
    "copayment_amount_vnd": "coalesce(sum(copayment_amount_vnd), 0)",
    "own_amount_vnd": "coalesce(sum(own_amount_vnd), 0)",
    "transfer_professional_count": "count(*) filter (where discharge_type_code = '2')",
    "transfer_requested_count": "count(*) filter (where discharge_type_code = '5')",
    "transfer_professional_rate": (
        "round(count(*) filter (where discharge_type_code = '2')::numeric / count(*), 6)"
    ),
    "transfer_requested_rate": (
        "round(count(*) filter (where discharge_type_code = '5')::numeric / count(*), 6)"
    ),
    "death_count": "count(*) filter (where outcome_code in ('5', '8'))",
}

_SQL = f"""
with recount as materialized (
    select
        encounter.facility_key,
        encounter.month_start_date,
        {", ".join(f"{figure} as {name}" for name, figure in _FIGURES.items())}
    from batch
    cross join intermediate.int_claims__touched_facility_months as touched
    join candidate.fct_encounters as encounter using (facility_key, month_start_date)
    group by encounter.facility_key, encounter.month_start_date
)
select
    {", ".join(f"recount.{name} as counted_{name}" for name in _FIGURES)},
    {", ".join(f"report.{name} as reported_{name}" for name in _FIGURES)}
from intermediate.int_claims__touched_facility_months as touched
left join recount using (facility_key, month_start_date)
left join candidate.rpt_facility_months as report using (facility_key, month_start_date)"""

_SICK_FIGURES = {
    "encounter_count": "count(*)",
    "inpatient_count": f"count(*) filter (where {_INPATIENT})",
    "death_count": "count(*) filter (where outcome_code in ('5', '8'))",
    "treatment_days": "coalesce(sum(treatment_days), 0)",
    "billed_amount_vnd": "coalesce(sum(billed_amount_vnd), 0)",
}
_AGES = "(array['00-04', '05-14', '15-59', '60+'])[width_bucket(age_years, array[5, 15, 60]) + 1]"
_SICK_MONTH = "facility_key, month_start_date, age_group, sex_code"
_SICK_KEYS = f"{_SICK_MONTH}, chapter_code, is_hiv_related"
_SICK_SQL = f"""
with encounter as (
    select
        facility_key, month_start_date, main_diagnosis_key, is_hiv_related, care_type_code,
        outcome_code, treatment_days, billed_amount_vnd,
        coalesce({_AGES}, '(unknown)') as age_group,
        coalesce(sex_code, '(unknown)') as sex_code
    from candidate.{ENCOUNTERS}
),
recount as materialized (
    select
        {_SICK_MONTH}, diagnosis.chapter_code, encounter.is_hiv_related,
        {", ".join(f"{figure} as counted_{name}" for name, figure in _SICK_FIGURES.items())}
    from batch
    cross join intermediate.int_claims__touched_morbidity_months as touched
    join encounter using ({_SICK_MONTH})
    join candidate.dim_diagnoses as diagnosis
        on encounter.main_diagnosis_key = diagnosis.diagnosis_key
    group by {_SICK_MONTH}, diagnosis.chapter_code, encounter.is_hiv_related
),
report as materialized (
    select
        {_SICK_KEYS},
        {", ".join(f"report.{name} as reported_{name}" for name in _SICK_FIGURES)}
    from intermediate.int_claims__touched_morbidity_months as touched
    join candidate.rpt_morbidity_months as report using ({_SICK_MONTH})
)
select * from recount full join report using ({_SICK_KEYS})"""

_SUMS = (
    "quantity",
    "billed_amount_vnd",
    "in_scope_amount_vnd",
    "fund_amount_vnd",
    "copayment_amount_vnd",
    "own_amount_vnd",
)
_ITEM_FIGURES = {
    "line_count": "count(*)",
    "encounter_count": "count(distinct line.encounter_key)",
    **{name: f"coalesce(sum(line.{name}), 0)" for name in _SUMS},
}
_ITEM_MONTH = "facility_key, month_start_date, item_key"
_ITEM_KEYS = f"{_ITEM_MONTH}, cost_group_code, is_hiv_related"
_ITEM_SQL = f"""
with recount as materialized (
    select
        {_ITEM_MONTH},
        coalesce(line.cost_group_code, '(unknown)') as cost_group_code,
        line.is_hiv_related,
        {", ".join(f"{figure} as counted_{name}" for name, figure in _ITEM_FIGURES.items())}
    from batch
    cross join intermediate.int_claims__touched_item_months as touched
    join candidate.fct_claim_lines as line using ({_ITEM_MONTH})
    group by {_ITEM_MONTH}, 4, 5
),
report as materialized (
    select
        {_ITEM_KEYS},
        {", ".join(f"report.{name} as reported_{name}" for name in _ITEM_FIGURES)}
    from intermediate.int_claims__touched_item_months as touched
    join candidate.rpt_item_months as report using ({_ITEM_MONTH})
)
select * from recount full join report using ({_ITEM_KEYS})"""

# What lines are added up by is what their encounter has. Judged where dossiers changed: the months
# that they touch hold lines of many more, in which nothing can have changed.
_LINES_SQL = f"""
select
    line.month_start_date as line_month,
    encounter.month_start_date as encounter_month,
    line.is_hiv_related as line_flag,
    encounter.is_hiv_related as encounter_flag
from batch
cross join intermediate.{CHANGED}
join candidate.fct_claim_lines as line using ({DOSSIER})
left join candidate.{ENCOUNTERS} as encounter using ({DOSSIER})"""


def _agree(figures: Iterable[str]) -> tuple[Check, ...]:
    """A month without encounters has no row: both sides are null, and not distinct."""
    return tuple(
        Check(
            name,
            f"counted_{name} is not distinct from reported_{name}",
            f"'{name} differs from the recount'",
        )
        for name in figures
    )


RULE = Rule(
    id="M05",
    sentence_vi="Báo cáo tháng của cơ sở, của từng mặt hàng và về bệnh tật đúng bằng kết quả "
    "đếm lại từ các lượt khám và các dòng chi phí.",
    sentence_en="The monthly reports of a facility, of an item and of morbidity are what a recount "
    "of the encounters and of their lines gives.",
    source=Source("definitions of the monthly reports; conservation", "H"),
    category=Category.CONCORDANCE,
    severity=Severity.HOLD_RELEASE,
    owner="data team",
    rows=(
        Rows(table_sql="'rpt_facility_months'", sql=_SQL, checks=_agree(_FIGURES)),
        Rows(table_sql="'rpt_item_months'", sql=_ITEM_SQL, checks=_agree(_ITEM_FIGURES)),
        Rows(table_sql="'rpt_morbidity_months'", sql=_SICK_SQL, checks=_agree(_SICK_FIGURES)),
        Rows(
            table_sql="'fct_claim_lines'",
            sql=_LINES_SQL,
            checks=(
                Check(
                    "month_start_date",
                    "line_month = encounter_month",
                    "'the month is not that of the encounter'",
                ),
                Check(
                    "is_hiv_related",
                    "line_flag = encounter_flag",
                    "'the flag is not that of the encounter'",
                ),
            ),
        ),
    ),
    scope=TOUCHED_SCOPE,
)
