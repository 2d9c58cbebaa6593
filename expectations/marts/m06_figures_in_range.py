"""M06: figures that we derive lie in their range; M07: so do those that the senders declare."""

from expectations.marts.declared import affected_keys
from expectations.marts.scope import AFFECTED_SCOPE, DOSSIERS_SCOPE
from expectations.rules.rule import Category, Check, Rows, Rule, Scope, Severity, Source


def _range(column: str, condition: str) -> Check:
    return Check(column, f"{column} is null or ({condition})", f"'{column} is out of range'")


def _journeys(mart: str, is_met: str, distance: str, window: str) -> Rows:
    """What was matched lies within the window; what was not has no distance; of what is not known
    nothing is said."""
    return Rows(
        table_sql=f"'{mart}'",
        sql=f"""
select journey.facility_key, journey.encounter_key, journey.{is_met}, journey.{distance}
from batch
cross join {affected_keys(mart)} as affected
join candidate.{mart} as journey using (facility_key, encounter_key)""",
        checks=(
            _range(distance, f"{distance} between {window}"),
            Check(
                is_met,
                f"{is_met} is null or {is_met} = ({distance} is not null)",
                f"'{is_met} and {distance} do not agree'",
            ),
        ),
    )


_COUNTS = (
    "inpatient_count",
    "transfer_professional_count",
    "transfer_requested_count",
    "death_count",
)
_AMOUNTS = (
    "billed_amount_vnd",
    "in_scope_amount_vnd",
    "fund_amount_vnd",
    "copayment_amount_vnd",
    "own_amount_vnd",
    "other_source_amount_vnd",
)

DERIVED = Rule(
    id="M06",
    sentence_vi="Số liệu do kho tính nằm trong giới hạn: số đếm không vượt tổng, "
    "nơi đến và lần tái khám trong khoảng thời gian quy định, không có thời gian chờ âm.",
    sentence_en="Figures that the warehouse derives are in range: "
    "parts within wholes, arrivals and kept appointments within their windows, no negative waits.",
    source=Source(
        "definitions of the monthly reports, fct_transfers, fct_appointments and fct_waiting_times",
        "H",
    ),
    category=Category.PLAUSIBILITY,
    severity=Severity.HOLD_RELEASE,
    threshold="arrivals -2 to 72 hours; kept appointments -7 to 14 days; waits from 0 minutes",
    owner="data team",
    rows=(
        _journeys("fct_transfers", "is_arrival_matched", "hours_to_arrival", "-2 and 72"),
        _journeys("fct_appointments", "is_kept", "days_from_appointment", "-7 and 14"),
        Rows(
            table_sql="'fct_waiting_times'",
            sql=f"""
select waited.*
from batch
cross join {affected_keys("fct_waiting_times")} as affected
join candidate.fct_waiting_times as waited using (facility_key, encounter_key)""",
            checks=(
                _range("minutes_to_first_order", "minutes_to_first_order >= 0"),
                Check(
                    "first_order_at",
                    "(minutes_to_first_order is not null)"
                    " = coalesce(first_order_at >= checked_in_at, false)",
                    "'minutes_to_first_order and the two times do not agree'",
                ),
            ),
        ),
        Rows(
            table_sql="'rpt_facility_months'",
            sql=f"""
select report.*
from batch
cross join {affected_keys("rpt_facility_months")} as affected
join candidate.rpt_facility_months as report using (facility_key, month_start_date)""",
            checks=(
                Check("encounter_count", "encounter_count >= 1", "'encounter_count is below 1'"),
                *(_range(name, f"{name} between 0 and encounter_count") for name in _COUNTS),
            ),
        ),
        Rows(
            table_sql="'rpt_appointment_months'",
            sql=f"""
select report.*
from batch
cross join {affected_keys("rpt_appointment_months")} as affected
join candidate.rpt_appointment_months as report
    using (facility_key, appointment_month_start_date)""",
            checks=(
                _range("due_count", "due_count between 0 and appointment_count"),
                _range("kept_count", "kept_count between 0 and due_count"),
            ),
        ),
    ),
    scope=Scope.RELEASE,
    coverage=AFFECTED_SCOPE,
)

# A facility may declare what it likes within the rules at the door: its oddities must not keep the
# figures of all others from the readers, so this one is said with the release.
DECLARED = Rule(
    id="M07",
    sentence_vi="Giá trị cơ sở khai nằm trong giới hạn hợp lý: tiền không âm, "
    "tuổi 0–130, ngày ≤ 366.",
    sentence_en="Values that facilities declare are plausible: no negative money, age 0 to 130, "
    "at most 366 days of treatment.",
    source=Source("own: no text names limits", "?"),
    category=Category.PLAUSIBILITY,
    severity=Severity.NOTICE,
    threshold="0 VND; 0 to 130 years of age; 0 to 366 days",
    owner="data team",
    rows=(
        Rows(
            table_sql="'fct_encounters'",
            sql="""
select encounter.*
from batch
cross join intermediate.int_claims__changed_dossiers as changed
join candidate.fct_encounters as encounter using (facility_key, encounter_key)""",
            checks=(
                *(_range(name, f"{name} >= 0") for name in _AMOUNTS),
                _range("age_years", "age_years between 0 and 130"),
                _range("treatment_days", "treatment_days between 0 and 366"),
            ),
        ),
    ),
    scope=Scope.RELEASE,
    coverage=DOSSIERS_SCOPE,
)
