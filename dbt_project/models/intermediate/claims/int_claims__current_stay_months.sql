-- One row per inpatient dossier with content and calendar month in which the person was in a bed,
-- as of the end of the build.
{{ config(
    materialized='replaced_by_key',
    meta={'publish': {
        'scope': 'int_claims__changed_dossiers',
        'keys': ['facility_key', 'encounter_key'],
    }},
    indexes=[
        {'columns': ['facility_key', 'encounter_key', 'month_start_date'], 'unique': true},
        {'columns': ['facility_key', 'month_start_date']},
    ],
    post_hook="{{ analyze_when_grown() }}",
) }}

with versions as (
    select * from {{ ref('int_claims__changed_versions') }}
),

stays as (
    select * from {{ ref('int_claims__stay_months_conformed') }}
)

select
    versions.facility_key,
    versions.encounter_key,
    versions.facility_id,
    versions.audience,
    stays.month_start_date,
    stays.is_insured,
    stays.inpatient_days,
    stays.is_admitted,
    stays.is_discharged,
    stays.is_inpatient_death,
    stays.is_sent_on
from versions
inner join stays
    on
        versions.file_id = stays.file_id
        and versions.position = stays.position
