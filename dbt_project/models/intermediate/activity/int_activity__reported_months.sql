-- One row per facility and calendar month of a monthly report on activity that counts now.
-- No WITH in a view: Postgres would not flatten it.
select
    {{ surrogate_key(['facility_code']) }} as facility_key,
    facility_code,
    to_date(month || '-01', 'YYYY-MM-DD') as month_start_date,
    document_key,
    beds_planned,
    beds_actual,
    visits_total,
    visits_insured,
    coalesce(visits_self_pay, 0) > 0 as has_visits_self_pay,
    inpatients_insured,
    coalesce(inpatients_self_pay, 0) > 0 as has_inpatients_self_pay,
    admissions,
    discharges,
    bed_days,
    transfers_out_exam,
    transfers_out_inpatient,
    deaths_inpatient
from {{ ref('stg_lists__hospital_activity_month') }}
where
    month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'
    and to_date(month || '-01', 'YYYY-MM-DD')
    between date '{{ var("first_date") }}' and date '{{ var("last_date") }}'
