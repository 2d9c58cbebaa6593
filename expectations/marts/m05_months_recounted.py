"""M05: the monthly report is what a recount of the encounters gives.

The definitions are written out again here on purpose: month of end of care, inpatient = care type
03, 04, 09, transfers 2 (professional) and 5 (on request), deaths = outcome 5 or 8.
"""

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

RULE = Rule(
    id="M05",
    sentence_vi="Báo cáo tháng của cơ sở đúng bằng kết quả đếm lại từ các lượt khám.",
    sentence_en="The monthly report of a facility is what a recount of its encounters gives.",
    source=Source("definitions of rpt_facility_months; DESIGN, conservation", "H"),
    category=Category.CONCORDANCE,
    severity=Severity.HOLD_RELEASE,
    owner="data team",
    rows=(
        Rows(
            table_sql="'rpt_facility_months'",
            sql=_SQL,
            checks=tuple(
                # A month without encounters has no row: both sides are null, and not distinct.
                Check(
                    name,
                    f"counted_{name} is not distinct from reported_{name}",
                    f"'{name} differs from the recount'",
                )
                for name in _FIGURES
            ),
        ),
    ),
    scope=TOUCHED_SCOPE,
)
