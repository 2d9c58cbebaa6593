-- One row per appointment slip of a dossier with content that names a day, as of the end of the
-- build. A build looks slips up by their day, to find those of which it knows more now.
{{ config(
    materialized='replaced_by_key',
    meta={'publish': {
        'scope': 'int_claims__changed_dossiers',
        'keys': ['facility_key', 'encounter_key'],
    }},
    indexes=[
        {'columns': ['facility_key', 'encounter_key', 'line_number'], 'unique': true},
        {'columns': ['facility_key', 'appointment_date']},
    ],
    post_hook="{{ analyze_when_grown() }}",
) }}

with versions as (
    select * from {{ ref('int_claims__changed_versions') }}
),

slips as (
    select * from {{ ref('stg_claims__appointments') }}
)

select
    versions.facility_key,
    versions.encounter_key,
    slips.line_number,
    slips.appointment_date
from versions
inner join slips
    on
        versions.file_id = slips.file_id
        and versions.position = slips.position
where slips.appointment_date is not null
