-- One row per encounter of which the next one may have changed in this build: the dossiers that
-- changed, and all others of the persons whose encounters may have changed. Where a person goes on
-- after an encounter is said by the dossiers of that person and by no other.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key', 'encounter_key']) }}",
) }}

with changed as (
    select * from {{ ref('int_claims__changed_dossiers') }}
),

persons as (
    select * from {{ ref('int_claims__touched_persons') }}
),

versions as (
    select * from {{ ref('int_claims__current_versions') }}
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
)

select * from journeys
