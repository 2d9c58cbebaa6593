-- One row per discharge paper (XML7) of a dossier with content. Its texts may name persons,
-- and are not published.
with versions as (
    select * from {{ ref('int_claims__changed_versions') }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
),

sent as (
    select * from {{ ref('stg_claims__discharge_papers') }}
)

select
    versions.facility_key,
    versions.encounter_key,
    {{ surrogate_key([
        'versions.encounter_key::text', "'XML7'", 'sent.line_number::text',
    ]) }} as discharge_paper_key,
    {{ encounter_columns('encounters') }},
    sent.line_number,
    sent.department_codes,
    sent.gestational_weeks,
    sent.leave_days,
    sent.is_pregnancy_terminated,
    sent.pregnancy_terminated_date,
    sent.leave_from_date,
    sent.leave_to_date,
    sent.issued_date,
    versions.audience
from versions
inner join encounters
    on
        versions.facility_key = encounters.facility_key
        and versions.encounter_key = encounters.encounter_key
inner join sent
    on
        versions.file_id = sent.file_id
        and versions.position = sent.position
