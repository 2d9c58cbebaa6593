-- One row per facility whose dossiers changed in this build.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key']) }}",
) }}

with facilities as (
    select distinct
        facility_key,
        facility_id
    from {{ ref('int_claims__changed_dossiers') }}
)

select * from facilities
