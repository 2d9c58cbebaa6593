-- One row per fact of claims, facility and atom of time in which the care of a dossier ended that
-- changed, by its version before or after, or on a day on which the facility is told otherwise than
-- before; or of which a transfer or a stay may have changed, because of what followed elsewhere.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key', 'atom_start_date', 'source_fact', 'commune_key']) }}",
) }}

with days as (
    select distinct
        conformed.facility_key,
        conformed.discharge_date_key as discharge_date
    from {{ ref('int_claims__old_and_new_versions') }} as versions
    inner join {{ ref('int_claims__encounters_conformed') }} as conformed
        on
            versions.file_id = conformed.file_id
            and versions.position = conformed.position
    union distinct
    select
        encounters.facility_key,
        encounters.discharge_date
    from {{ ref('int_facilities__recut_days') }} as recut
    inner join {{ ref('fct_encounters') }} as encounters
        on
            recut.facility_key = encounters.facility_key
            and recut.first_day <= encounters.discharge_date
            and (recut.ended_on is null or recut.ended_on > encounters.discharge_date)
),

followed as (
    select
        'transfers' as source_fact,
        facility_key,
        encounter_key
    from {{ ref('int_claims__affected_transfers') }}
    union all
    select
        'stays' as source_fact,
        facility_key,
        encounter_key
    from {{ ref('int_claims__affected_stays') }}
),

touched as (
    select
        facts.source_fact,
        days.facility_key,
        days.discharge_date
    from days
    cross join (values ('encounters'), ('transfers'), ('stays')) as facts (source_fact)
    union distinct
    select
        followed.source_fact,
        encounters.facility_key,
        encounters.discharge_date
    from followed
    inner join {{ ref('fct_encounters') }} as encounters
        on
            followed.facility_key = encounters.facility_key
            and followed.encounter_key = encounters.encounter_key
)

select distinct
    touched.facility_key,
    atoms.atom_start_date,
    touched.source_fact,
    {{ unknown_reference_key() }} as commune_key,
    atoms.atom_end_date
from touched
inner join {{ ref('dim_atoms') }} as atoms
    on
        touched.discharge_date between atoms.atom_start_date and atoms.atom_end_date
        and atoms.audience = 'open'
