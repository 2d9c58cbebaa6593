-- One row per facility and month of appointments whose figures may have changed in this build.
-- These are the months of slips that dossiers lost or gained; of all other slips of encounters
-- whose follow-up may have changed, because another visit may keep them now; and of slips whose
-- window holds the day up to which visits are known.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key', 'appointment_month_start_date']) }}",
) }}

with old_and_new as (
    select * from {{ ref('int_claims__old_and_new_versions') }}
),

journeys as (
    select * from {{ ref('int_claims__affected_journeys') }}
),

current_versions as (
    select * from {{ ref('int_claims__current_versions') }}
),

slips as (
    select * from {{ ref('stg_claims__appointments') }}
),

versions as (
    select
        file_id,
        position
    from old_and_new
    union distinct
    select
        current_versions.file_id,
        current_versions.position
    from journeys
    inner join current_versions
        on
            journeys.facility_key = current_versions.facility_key
            and journeys.encounter_key = current_versions.encounter_key
),

days as (
    select * from {{ ref('int_claims__affected_known_days') }}
)

select
    {{ surrogate_key(['slips.facility_id']) }} as facility_key,
    slips.appointment_month_start_date
from versions
inner join slips
    on
        versions.file_id = slips.file_id
        and versions.position = slips.position
union distinct
select
    days.facility_key,
    months.month_start::date as appointment_month_start_date
from days
cross join generate_series(
    date_trunc(
        'month', (days.known_from_date - {{ var("appointment_late_days") }})::timestamp
    ),
    (days.known_through_date + {{ var("appointment_early_days") }})::timestamp,
    interval '1 month'
) as months (month_start)
