-- One row per dossier with content whose findings beside others may have changed in this build.
-- These are the dossiers of each affected person, those of each day and visit whose check-ins
-- changed, and those that refer a patient to a facility whose first dossiers came or
-- whose last ones went.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key', 'encounter_key']) }}",
) }}

-- not materialized: each join then finds its rows by an index
with versions as not materialized (
    select * from {{ ref('int_claims__current_versions') }}
),

persons as (
    select * from {{ ref('int_claims__affected_persons') }}
),

check_ins as (
    select * from {{ ref('int_check_ins__changed_visits') }}
),

changed as (
    select * from {{ ref('int_claims__changed_dossiers') }}
),

-- a scalar sub-select stops at the first dossier that did not change; a join would read all of them
facilities as (
    select distinct
        changed.facility_key,
        changed.facility_id
    from changed
    where
        (
            select versions.encounter_key
            from versions
            where
                versions.facility_key = changed.facility_key
                and versions.encounter_key not in (
                    select other.encounter_key from changed as other
                )
            order by versions.encounter_key
            limit 1
        ) is null
),

referrals as (
    select
        versions.facility_key,
        versions.encounter_key
    from facilities
    inner join {{ ref('stg_claims__transfers') }} as slips
        on facilities.facility_id = slips.sent_to_facility_id
    inner join versions
        on
            versions.facility_key = {{ surrogate_key(['slips.facility_id']) }}
            and slips.encounter_key = versions.encounter_key
            and slips.file_id = versions.file_id
            and slips.position = versions.position
),

related as (
    select
        versions.facility_key,
        versions.encounter_key
    from persons
    inner join versions on persons.person_key = versions.person_key
    union distinct
    select
        versions.facility_key,
        versions.encounter_key
    from check_ins
    inner join versions
        on
            check_ins.facility_id = versions.facility_id
            and check_ins.arrival_date = versions.arrival_date
    union distinct
    -- a visit on another day than its check-in is found by its name alone
    select
        versions.facility_key,
        versions.encounter_key
    from check_ins
    inner join versions
        on
            versions.facility_key = {{ surrogate_key(['check_ins.facility_id']) }}
            and check_ins.encounter_key = versions.encounter_key
    union distinct
    select * from referrals
)

select * from related
