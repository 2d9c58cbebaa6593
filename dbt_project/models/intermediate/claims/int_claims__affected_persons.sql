-- One row per person whose encounters may have changed in this build.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['person_key']) }}",
) }}

with versions as (
    select * from {{ ref('int_claims__old_and_new_versions') }}
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
