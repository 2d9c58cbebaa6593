-- One row per dossier with content, as of the end of the build: the version that holds it, and the
-- attributes by which dimensions choose among encounters, journeys find their next one, and rules
-- compare dossiers. It keeps lineage out of the marts.
{{ config(
    materialized='replaced_by_key',
    meta={'publish': {
        'scope': 'int_claims__changed_dossiers',
        'keys': ['facility_key', 'encounter_key'],
    }},
    indexes=[
        {'columns': ['facility_key', 'encounter_key'], 'unique': true},
        {'columns': ['person_key', 'discharged_at desc nulls last', 'encounter_key']},
        {'columns': ['facility_id', 'arrival_date']},
    ],
    post_hook="{{ analyze_when_grown() }}",
) }}

with changed as (
    select * from {{ ref('int_claims__changed_versions') }}
),

encounters as (
    select * from {{ ref('int_claims__encounters_conformed') }}
),

versions as (
    select
        changed.facility_key,
        changed.encounter_key,
        changed.facility_id,
        changed.file_id,
        changed.position,
        changed.audience,
        encounters.person_key,
        encounters.sex_code,
        encounters.birth_year,
        encounters.referred_from_facility_id,
        encounters.arrival_date,
        encounters.arrived_at,
        encounters.discharged_at,
        encounters.care_type_code,
        encounters.eligibility_code,
        encounters.diagnosis_code,
        encounters.is_inpatient,
        encounters.is_death
    from changed
    inner join encounters
        on
            changed.file_id = encounters.file_id
            and changed.position = encounters.position
)

select * from versions
