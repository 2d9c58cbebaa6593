-- One row per summary of the record (XML8) of a dossier with content. Its texts may name persons,
-- and are not published.
with versions as (
    select * from {{ ref('int_claims__changed_versions') }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
),

sent as (
    select * from {{ ref('stg_claims__record_summaries') }}
)

select
    versions.facility_key,
    versions.encounter_key,
    {{ surrogate_key([
        'versions.encounter_key::text', "'XML8'", 'sent.line_number::text',
    ]) }} as record_summary_key,
    {{ encounter_columns('encounters') }},
    sent.line_number,
    sent.care_type_code,
    sent.outcome_code,
    sent.children_died,
    sent.child_born_date,
    sent.child_died_date,
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
