"""M10: claims and the monthly report of a facility tell the same of a month.

The gap is of all dossiers, closed ones too, for the report counts them. Nothing quotes it: beside
open claims it is the number of closed cases.
"""

from expectations.marts.declared import affected_keys
from expectations.marts.scope import AFFECTED_SCOPE
from expectations.rules.rule import Category, Check, Rows, Rule, Scope, Severity, Source

LEAST_GAP = 3
"""Cases: below that a percentage says nothing."""
INSURED_PCT, OTHER_PCT = 2, 5
"""The part that claims hold whole, and figures that other payers take part in."""

# A month of which the facility has sent no claims is one for the calendar of deliveries.
AGREES = f"""not has_claims
    or abs(gap_count) < {LEAST_GAP}
    or 100.0 * abs(gap_count) <= larger_count
        * case when figure_code like 'insured%' then {INSURED_PCT} else {OTHER_PCT} end
    or not is_comparable and gap_count < 0"""

RULE = Rule(
    id="M10",
    sentence_vi="Hồ sơ và báo cáo tháng (biểu 9) của một cơ sở cho cùng số liệu của tháng: khám và "
    "nội trú BHYT, ngày điều trị, ra viện, tử vong, chuyển cơ sở.",
    sentence_en="Claims and the monthly report (form 9) of a facility tell the same of a month: "
    "insured visits and inpatients, days in beds, discharges, deaths, transfers.",
    source=Source("needs_and_indicators: CONCORDANCE_GAP_PCT, limits are our own", "?"),
    category=Category.CONCORDANCE,
    severity=Severity.NOTICE,
    threshold=f"{INSURED_PCT} % of insured figures, {OTHER_PCT} % of others, from {LEAST_GAP} "
    "cases; where people pay themselves, claims may be fewer",
    owner="data team",
    rows=(
        Rows(
            table_sql="'rpt_concordance_months'",
            sql=f"""
select figure.*
from batch
cross join {affected_keys("rpt_concordance_months")} as affected
join candidate.rpt_concordance_months as figure using (month_start_date)
where figure.audience <> 'open'""",
            checks=(Check("gap_count", AGREES, "figure_code || ': claims and report differ'"),),
        ),
    ),
    scope=Scope.RELEASE,
    coverage=AFFECTED_SCOPE,
)
