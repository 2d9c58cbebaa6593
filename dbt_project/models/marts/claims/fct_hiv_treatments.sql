-- One row per record of HIV care (XML6) of a dossier with content: all of them are closed.
with versions as (
    select * from {{ ref('int_claims__changed_versions') }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
),

treatments as (
    select * from {{ ref('stg_claims__hiv_treatments') }}
)

select
    versions.facility_key,
    versions.encounter_key,
    {{ surrogate_key([
        'versions.encounter_key::text', "'XML6'", 'treatments.line_number::text',
    ]) }} as hiv_treatment_key,
    treatments.line_number,
    treatments.confirmed_by_facility_id,
    treatments.first_arv_facility_id,
    treatments.first_regimen_code,
    treatments.first_regimen_line_code,
    treatments.enrolment_reason_code,
    treatments.tb_treatment_type_code,
    treatments.tb_screening_code,
    treatments.tb_outcome_code,
    treatments.viral_load_reason_code,
    treatments.viral_load_result_code,
    treatments.patient_type_code,
    treatments.clinical_stage_code,
    treatments.population_code,
    treatments.registration_status_codes,
    treatments.management_codes,
    treatments.regimen_code,
    treatments.regimen_line_code,
    treatments.regimen_change_reason_code,
    treatments.arv_days,
    treatments.confirmed_date,
    treatments.first_arv_date,
    treatments.tb_started_date,
    treatments.tb_ended_date,
    treatments.viral_load_sampled_date,
    treatments.viral_load_resulted_date,
    treatments.cotrimoxazole_started_date,
    treatments.arv_round_started_date,
    treatments.arv_round_ended_date,
    treatments.regimen_changed_date,
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
