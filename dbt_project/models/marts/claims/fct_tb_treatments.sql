-- One row per record of tuberculosis treatment (XML15) of a dossier with content.
with versions as (
    select * from {{ ref('int_claims__changed_versions') }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
),

treatments as (
    select * from {{ ref('stg_claims__tb_treatments') }}
)

select
    versions.facility_key,
    versions.encounter_key,
    {{ surrogate_key([
        'versions.encounter_key::text', "'XML15'", 'treatments.line_number::text',
    ]) }} as tb_treatment_key,
    treatments.line_number,
    treatments.site_code,
    treatments.history_code,
    treatments.hiv_status_code,
    treatments.bacteriology_code,
    treatments.resistance_code,
    treatments.treatment_type_code,
    treatments.regimen_code,
    treatments.outcome_code,
    treatments.started_date,
    treatments.ended_date,
    {{ encounter_columns('encounters') }},
    versions.audience
from versions
inner join encounters
    on
        versions.facility_key = encounters.facility_key
        and versions.encounter_key = encounters.encounter_key
inner join treatments
    on
        versions.file_id = treatments.file_id
        and versions.position = treatments.position
