-- One row per ICD-10 code of an encounter: its main diagnosis and each secondary one, in their
-- order.
{{ config(indexes=[
    {'columns': ['diagnosis_key', 'audience']},
]) }}

with versions as (
    select * from {{ ref('int_claims__changed_versions') }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
),

diagnoses as (
    select * from {{ ref('int_claims__diagnoses_conformed') }}
)

select
    versions.facility_key,
    versions.encounter_key,
    diagnoses.diagnosis_order,
    diagnoses.diagnosis_key,
    diagnoses.diagnosis_code,
    diagnoses.diagnosis_role,
    {{ encounter_columns('encounters') }},
    versions.audience
from versions
inner join encounters
    on
        versions.facility_key = encounters.facility_key
        and versions.encounter_key = encounters.encounter_key
inner join diagnoses
    on
        versions.file_id = diagnoses.file_id
        and versions.position = diagnoses.position
