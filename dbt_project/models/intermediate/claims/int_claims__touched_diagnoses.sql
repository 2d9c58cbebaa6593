-- One row per main diagnosis whose use may have changed in this build.
{{ config(
    materialized='table',
    indexes=[{'columns': ['diagnosis_key'], 'unique': true}],
    post_hook='analyze {{ this }}',
) }}

with versions as (
    select * from {{ ref('int_claims__touched_versions') }}
),

encounters as (
    select * from {{ ref('int_claims__encounters_conformed') }}
),

diagnoses as (
    select distinct
        encounters.main_diagnosis_key as diagnosis_key,
        encounters.diagnosis_code
    from versions
    inner join encounters
        on
            versions.file_id = encounters.file_id
            and versions.position = encounters.position
)

select * from diagnoses
