-- One row per facility and month of end of care whose figures may have changed in this build: the
-- month that a dossier moved out of as well as the one that it moved into.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key', 'month_start_date']) }}",
) }}

with versions as (
    select * from {{ ref('int_claims__touched_versions') }}
),

encounters as (
    select * from {{ ref('int_claims__encounters_conformed') }}
),

facility_months as (
    select distinct
        encounters.facility_key,
        encounters.month_start_date,
        encounters.facility_id
    from versions
    inner join encounters
        on
            versions.file_id = encounters.file_id
            and versions.position = encounters.position
)

select * from facility_months
