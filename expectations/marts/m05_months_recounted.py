"""M05: reports are what a recount of encounters, lines, appointments and transfers gives.

The definitions are written out again here on purpose: month of end of care, inpatient = care type
03, 04, 09, transfers 2 (professional) and 5 (on request), deaths = outcome 5 or 8, ages from 5, 15
and 60 years.
"""

from expectations.marts import journeys_recounted
from expectations.marts.declared import AUDIENCES
from expectations.marts.facts import CHANGED, DOSSIER, ENCOUNTERS, JOURNEYS
from expectations.marts.recounted import recounted
from expectations.marts.scope import AFFECTED_SCOPE
from expectations.rules.fragments import is_inpatient
from expectations.rules.rule import Category, Check, Rows, Rule, Scope, Severity, Source

_MONTH = "facility_key, month_start_date"


def _sums(*columns: str) -> dict[str, str]:
    return {name: f"coalesce(sum(counted.{name}), 0)" for name in columns}


_INPATIENT = is_inpatient("care_type_code")
_PROFESSIONAL = "count(*) filter (where discharge_type_code = '2')"
_REQUESTED = "count(*) filter (where discharge_type_code = '5')"
_CASES = {
    "encounter_count": "count(*)",
    "inpatient_count": f"count(*) filter (where {_INPATIENT})",
    "death_count": "count(*) filter (where outcome_code in ('5', '8'))",
}
_MONEY = (
    "billed_amount_vnd",
    "in_scope_amount_vnd",
    "fund_amount_vnd",
    "copayment_amount_vnd",
    "own_amount_vnd",
)

_FACILITIES = recounted(
    "rpt_facility_months",
    _MONTH,
    f"candidate.{ENCOUNTERS}",
    {
        **_CASES,
        "inpatient_treatment_days": f"coalesce(sum(treatment_days) filter (where {_INPATIENT}), 0)",
        "inpatient_billed_bed_days": "coalesce("
        f"sum(billed_bed_days) filter (where {_INPATIENT}), 0)",
        "transfer_professional_count": _PROFESSIONAL,
        "transfer_requested_count": _REQUESTED,
        **_sums(*_MONEY),
    },
)

_AGES = "(array['00-04', '05-14', '15-59', '60+'])[width_bucket(age_years, array[5, 15, 60]) + 1]"
_MORBIDITY = recounted(
    "rpt_morbidity_months",
    f"{_MONTH}, age_group, sex_code",
    f"""(
        select
            {_MONTH},
            coalesce({_AGES}, '(unknown)') as age_group,
            coalesce(sex_code, '(unknown)') as sex_code,
            diagnosis.chapter_code, encounter.audience,
            care_type_code, outcome_code, treatment_days, billed_amount_vnd
        from candidate.{ENCOUNTERS} as encounter
        join candidate.dim_diagnoses as diagnosis
            on encounter.main_diagnosis_key = diagnosis.diagnosis_key
            and encounter.audience = diagnosis.audience
    )""",
    {**_CASES, **_sums("treatment_days", "billed_amount_vnd")},
    within="chapter_code",
)

_ITEMS = recounted(
    "rpt_item_months",
    f"{_MONTH}, item_key",
    f"""(
        select
            {_MONTH}, item_key, coalesce(cost_group_code, '(unknown)') as cost_group_code,
            audience, encounter_key, quantity, {", ".join(_MONEY)}
        from candidate.fct_claim_lines
    )""",
    {
        "line_count": "count(*)",
        "encounter_count": "count(distinct counted.encounter_key)",
        **_sums("quantity", *_MONEY),
    },
    within="cost_group_code",
)

# A visit within the window keeps an appointment, so the days to it say which of the due are kept.
_APPOINTMENTS = recounted(
    "rpt_appointment_months",
    "facility_key, appointment_month_start_date",
    # offset: each month is searched by the index, also where a scan of all of them looks cheaper
    """lateral (
        select * from candidate.fct_appointments as slips
        where slips.facility_key = affected.facility_key
            and slips.appointment_month_start_date = affected.appointment_month_start_date
        offset 0
    )""",
    {
        "appointment_count": "count(*)",
        "due_count": "count(is_kept)",
        "kept_count": "count(days_from_appointment) filter (where is_kept is not null)",
        "kept_days_from_appointment": "coalesce("
        "sum(days_from_appointment) filter (where is_kept is not null), 0)",
    },
    unless="""
        counted.audience <> audiences.audience and exists (
            select from candidate.fct_appointments as own
            where own.facility_key = counted.facility_key
                and own.encounter_key = counted.encounter_key
                and own.appointment_key = counted.appointment_key
                and own.audience = audiences.audience
        )""",
)

# What lines are added up by is what their encounter has. Judged where dossiers changed: the months
# that they affect hold lines of many more, in which nothing can have changed.
_LINES = Rows(
    table_sql="'fct_claim_lines'",
    sql=f"""
select
    line.facility_key, line.encounter_key,
    line.month_start_date as line_month,
    encounter.month_start_date as encounter_month,
    line.audience as line_audience,
    encounter.audience as encounter_audience
from batch
cross join intermediate.{CHANGED}
join candidate.fct_claim_lines as line using ({DOSSIER})
left join candidate.{ENCOUNTERS} as encounter using ({DOSSIER})""",
    checks=(
        Check(
            "month_start_date",
            "line_month = encounter_month",
            "'the month is not that of the encounter'",
        ),
        Check(
            "audience",
            "line_audience = encounter_audience",
            "'the audience is not that of the encounter'",
        ),
    ),
)

_BEDS = Rows(
    table_sql="'fct_encounters'",
    sql=f"""
select
    encounter.billed_bed_days,
    coalesce(
        (
            select sum(line.quantity) from candidate.fct_claim_lines as line
            where line.facility_key = encounter.facility_key
                and line.encounter_key = encounter.encounter_key
                and line.table_code = 'XML3' and line.cost_group_code in ('14', '15', '16')
        ), 0
    ) as days_of_lines
from batch
cross join intermediate.{CHANGED}
join candidate.{ENCOUNTERS} as encounter using ({DOSSIER})""",
    checks=(
        Check(
            "billed_bed_days",
            "billed_bed_days = days_of_lines",
            "'the days of beds are not those of its lines'",
        ),
    ),
)

# Counted from the encounters of the facility, open ones and those of the class of the row.
_DUE = Rows(
    table_sql="'fct_appointments'",
    sql=f"""
with appointments as materialized (
    select
        appointment.facility_key, appointment.audience, appointment.is_kept,
        appointment.appointment_date + 14 as window_end
    from batch
    cross join intermediate.{JOURNEYS}
    join candidate.fct_appointments as appointment using (facility_key, encounter_key)
),
known as materialized (
    select places.facility_key, places.audience, latest.arrival_date
    from (select distinct facility_key, audience from appointments) as places
    join {AUDIENCES} using (audience)
    cross join lateral (
        select visit.arrival_date
        from intermediate.int_claims__current_versions as visit
        where visit.facility_id = (
            select member.facility_id from candidate.dim_facilities as member
            where member.facility_key = places.facility_key limit 1
        )
            and visit.audience = any(audiences.sees)
            and visit.arrival_date between date '2000-01-01' and date '2049-12-31'
        order by visit.arrival_date desc
        limit 1
    ) as latest
)
select
    appointment.is_kept is not null as is_due,
    coalesce(appointment.window_end <= known.arrival_date, false) as is_known
from appointments as appointment
left join known using (facility_key, audience)""",
    checks=(
        Check(
            "is_kept",
            "is_due = is_known",
            "'is_kept is said before the visits of the window are known, or not said after'",
        ),
    ),
)

_DAYS = Rows(
    table_sql="'fct_appointments'",
    sql=f"""
select
    appointment.facility_key, appointment.encounter_key,
    appointment.appointment_month_start_date as appointment_month,
    coalesce(day.month_start_date, date '0001-01-01') as month_of_the_day
from batch
cross join intermediate.{JOURNEYS}
join candidate.fct_appointments as appointment using (facility_key, encounter_key)
left join candidate.dim_dates as day
    on appointment.appointment_date = day.date_key and appointment.audience = day.audience""",
    checks=(
        Check(
            "appointment_month_start_date",
            "appointment_month = month_of_the_day",
            "'the month is not that of the day'",
        ),
    ),
)

RULE = Rule(
    id="M05",
    sentence_vi="Báo cáo tháng của cơ sở, của từng mặt hàng, về bệnh tật, về hẹn khám lại và về "
    "chuyển cơ sở đúng bằng kết quả đếm lại từ các lượt khám, dòng chi phí, giấy hẹn và lần "
    "chuyển; mỗi lượt nội trú nằm trong đúng một đợt.",
    sentence_en="The monthly reports of a facility, of an item, of morbidity, of appointments and "
    "of transfers are what a recount of the encounters, their lines, appointment slips and "
    "transfers gives; each inpatient encounter is in one stay.",
    source=Source("definitions of the monthly reports; conservation", "H"),
    category=Category.CONCORDANCE,
    severity=Severity.HOLD_RELEASE,
    owner="data team",
    rows=(
        _FACILITIES,
        _MORBIDITY,
        _ITEMS,
        _APPOINTMENTS,
        journeys_recounted.TRANSFERS,
        journeys_recounted.STAYS,
        _LINES,
        _BEDS,
        _DUE,
        _DAYS,
    ),
    scope=Scope.RELEASE,
    coverage=AFFECTED_SCOPE,
)
