-- One row per person whose encounters may have changed in this build.
{{ config(
    materialized='table',
    indexes=[{'columns': ['person_key'], 'unique': true}],
    post_hook='analyze {{ this }}',
) }}

with versions as (
    select * from {{ ref('int_claims__touched_versions') }}
),

encounters as (
    select * from {{ ref('int_claims__encounters_conformed') }}
),

persons as (
    select distinct encounters.person_key
    from versions
    inner join encounters
        on
            versions.file_id = encounters.file_id
            and versions.position = encounters.position
)

select * from persons
