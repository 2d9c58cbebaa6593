-- One row per facility, month of the appointment and audience. An appointment is due when the
-- visits of its whole window are known; whether others are kept nobody can say yet.
with appointment_months as (
    select * from {{ ref('int_claims__affected_appointment_months') }}
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
    -- offset: each month is searched by the index, also where a scan of all of them looks cheaper
    cross join
        lateral (
            select appointments.*
            from appointments
            where
                appointment_months.facility_key = appointments.facility_key
                and appointment_months.appointment_month_start_date
                = appointments.appointment_month_start_date
            offset 0  -- noqa: AM09
        ) as appointments
    inner join {{ audiences() }} on appointments.audience = any(audiences.sees)
    order by
        appointments.facility_key asc,
        appointments.encounter_key asc,
        appointments.appointment_key asc,
        audiences.audience asc,
        appointments.audience = audiences.audience desc
),

facilities as (
    select * from {{ ref('dim_facilities') }}
),

figures as (
    select
        facility_key,
        appointment_month_start_date,
        for_audience as audience,
        count(*)::integer as appointment_count,
        count(is_kept)::integer as due_count,
        count(*) filter (where is_kept)::integer as kept_count,
        coalesce(sum(days_from_appointment) filter (where is_kept), 0)::integer
            as kept_days_from_appointment
    from counted
    group by facility_key, appointment_month_start_date, for_audience
    -- in a closed class: months that are not as they are for the open audience
    having bool_or(audience = for_audience)
)

select
    figures.*,
    -- of a month that has ended it stays the same
    case
        when
            figures.appointment_month_start_date
            <= facilities.known_through_date + {{ var("appointment_early_days") }}
            and figures.appointment_month_start_date > date '{{ var("unknown_date") }}'
            then least(
                facilities.known_through_date,
                {{ appointment_ends(
                    "(figures.appointment_month_start_date + interval '1 month - 1 day')::date"
                ) }}
            )
    end as known_through_date
from figures
left join facilities
    on
        figures.facility_key = facilities.facility_key
        and figures.audience = facilities.audience
