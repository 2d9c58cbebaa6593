-- One row per facility, month of end of care, age group and sex whose figures may have changed in
-- this build: those that a dossier moved out of as well as those that it moved into.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key', 'month_start_date', 'age_group', 'sex_code']) }}",
) }}

with versions as (
    select * from {{ ref('int_claims__touched_versions') }}
),

encounters as (
    select * from {{ ref('int_claims__encounters_conformed') }}
),

morbidity_months as (
    select distinct
        encounters.facility_key,
        encounters.month_start_date,
        {{ age_group('encounters.age_years') }} as age_group,
        coalesce(encounters.sex_code, '{{ var("unknown_code") }}') as sex_code
    from versions
    inner join encounters
        on
            versions.file_id = encounters.file_id
            and versions.position = encounters.position
)

select * from morbidity_months
