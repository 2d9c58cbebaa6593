-- One row per facility, month of the appointment and whether the dossiers are related to HIV; rows
-- that are, are for those who may see them.
with appointment_months as (
    select * from {{ ref('int_claims__touched_appointment_months') }}
),

appointments as (
    select * from {{ ref('fct_appointments') }}
)

select
    appointment_months.facility_key,
    appointment_months.appointment_month_start_date,
    appointments.is_hiv_related,
    count(*)::integer as appointment_count,
    count(*) filter (where appointments.is_kept)::integer as kept_count,
    coalesce(sum(appointments.days_from_appointment), 0)::integer as days_from_appointment
from appointment_months
inner join appointments
    on
        appointment_months.facility_key = appointments.facility_key
        and appointment_months.appointment_month_start_date
        = appointments.appointment_month_start_date
group by 1, 2, 3
