-- One row per facility, month of the appointment and audience.
with appointment_months as (
    select * from {{ ref('int_claims__touched_appointment_months') }}
),

appointments as (
    select * from {{ ref('fct_appointments') }}
),

-- of a slip that a closed class knows otherwise, its own row counts there
counted as (
    select distinct on (
        appointments.facility_key,
        appointments.encounter_key,
        appointments.appointment_key,
        audiences.audience
    )
        appointments.*,
        audiences.audience as for_audience
    from appointment_months
    inner join appointments
        on
            appointment_months.facility_key = appointments.facility_key
            and appointment_months.appointment_month_start_date
            = appointments.appointment_month_start_date
    inner join {{ audiences() }} on appointments.audience = any(audiences.sees)
    order by
        appointments.facility_key asc,
        appointments.encounter_key asc,
        appointments.appointment_key asc,
        audiences.audience asc,
        appointments.audience = audiences.audience desc
)

select
    facility_key,
    appointment_month_start_date,
    for_audience as audience,
    count(*)::integer as appointment_count,
    count(*) filter (where is_kept)::integer as kept_count,
    coalesce(sum(days_from_appointment), 0)::integer as days_from_appointment
from counted
group by facility_key, appointment_month_start_date, for_audience
-- in a closed class: months in which something is closed
having bool_or(audience = for_audience)
