-- One row per encounter whose follow-up may have changed in this build: the dossiers that changed,
-- all others of the persons whose encounters may have changed, and those with an appointment whose
-- window ends on a day of which this build may know more. Where a person goes on after an encounter
-- is said by the dossiers of that person and by no other.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key', 'encounter_key']) }}",
) }}

with changed as (
    select * from {{ ref('int_claims__changed_dossiers') }}
),

persons as (
    select * from {{ ref('int_claims__affected_persons') }}
),

versions as (
    select * from {{ ref('int_claims__current_versions') }}
),

days as (
    select * from {{ ref('int_claims__affected_known_days') }}
),

slips as (
    select * from {{ ref('int_claims__current_appointments') }}
),

journeys as (
    select
        facility_key,
        encounter_key
    from changed
    union distinct
    select
        versions.facility_key,
        versions.encounter_key
    from persons
    inner join versions
        on persons.person_key = versions.person_key
    union distinct
    select
        slips.facility_key,
        slips.encounter_key
    from days
    inner join slips
        on
            days.facility_key = slips.facility_key
            and days.known_from_date - {{ var("appointment_late_days") }} < slips.appointment_date
            and days.known_through_date - {{ var("appointment_late_days") }}
            >= slips.appointment_date
)

select * from journeys
