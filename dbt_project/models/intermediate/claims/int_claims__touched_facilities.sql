-- One row per facility whose dossiers changed in this build.
{{ config(
    materialized='table',
    indexes=[{'columns': ['facility_key'], 'unique': true}],
    post_hook='analyze {{ this }}',
) }}

with facilities as (
    select distinct
        facility_key,
        facility_id
    from {{ ref('int_claims__changed_dossiers') }}
)

select * from facilities
