-- One row per ICD-10 code whose use may have changed in this build.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['diagnosis_key']) }}",
) }}

with versions as (
    select * from {{ ref('int_claims__touched_versions') }}
),

named as (
    select * from {{ ref('int_claims__diagnoses_conformed') }}
),

diagnoses as (
    select distinct
        named.diagnosis_key,
        named.diagnosis_code
    from versions
    inner join named
        on
            versions.file_id = named.file_id
            and versions.position = named.position
)

select * from diagnoses
