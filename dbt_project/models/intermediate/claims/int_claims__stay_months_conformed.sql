-- One row per accepted version of an inpatient dossier and calendar month in which the person was
-- in a bed: days of the month, counted by the day of admission and not by that of discharge; who
-- comes and leaves on one day has one day.
-- No WITH in a view: Postgres would not flatten it, and a join by key would read all of raw.
select
    stays.file_id,
    stays.position,
    stays.facility_key,
    stays.facility_id,
    months.month_start::date as month_start_date,
    stays.is_insured,
    greatest(
        least(
            greatest(stays.last_date, stays.first_date + 1),
            (months.month_start + interval '1 month')::date
        ) - greatest(stays.first_date, months.month_start::date),
        0
    ) as inpatient_days,
    stays.first_date >= months.month_start::date as is_admitted,
    stays.last_date < (months.month_start + interval '1 month')::date as is_discharged,
    stays.is_inpatient_death,
    stays.is_sent_on
from (
    select
        file_id,
        position,
        facility_key,
        facility_id,
        discharge_date_key as last_date,
        least(
            greatest(
                (
                    coalesce(admitted_at, arrived_at)
                    at time zone '{{ var("local_time_zone") }}'
                )::date,
                date '{{ var("first_date") }}'
            ),
            discharge_date_key
        ) as first_date,
        {{ is_insured('eligibility_code') }} as is_insured,
        coalesce(outcome_code = '5', false) as is_inpatient_death,
        {{ is_sent_on('discharge_type_code') }} as is_sent_on
    from {{ ref('int_claims__encounters_conformed') }}
    where
        is_inpatient
        and discharge_date_key > date '{{ var("unknown_date") }}'
        and coalesce(admitted_at, arrived_at) is not null
) as stays
cross join generate_series(
    date_trunc('month', stays.first_date::timestamp),
    date_trunc('month', stays.last_date::timestamp),
    interval '1 month'
) as months (month_start)
