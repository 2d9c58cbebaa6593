-- One row per birth certificate (XML9) of a dossier with content: one per child, twins have two.
with versions as (
    select * from {{ ref('int_claims__changed_versions') }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
),

births as (
    select * from {{ ref('stg_claims__births') }}
)

select
    versions.facility_key,
    versions.encounter_key,
    {{ surrogate_key([
        'versions.encounter_key::text', "'XML9'", 'births.line_number::text',
    ]) }} as birth_key,
    births.line_number,
    births.sex_code,
    births.residence_province_code,
    births.residence_commune_code,
    births.children_born,
    births.parity,
    births.children_living,
    births.birth_weight_grams,
    births.is_caesarean,
    births.is_under_32_weeks,
    births.born_date,
    births.born_at,
    {{ encounter_columns('encounters') }},
    versions.audience
from versions
inner join encounters
    on
        versions.facility_key = encounters.facility_key
        and versions.encounter_key = encounters.encounter_key
inner join births
    on
        versions.file_id = births.file_id
        and versions.position = births.position
