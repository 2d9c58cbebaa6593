-- One row per dossier with content whose findings beside others may have changed in this build.
-- These are the dossiers of each affected person, those of each day for which
-- check-ins came, and those that refer a patient to a facility whose first dossiers came or whose
-- last ones went.
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

check_in_days as (
    select
        arrivals.facility_id,
        arrivals.day
    from {{ source('ops', 'check_in_days') }} as arrivals
    inner join {{ source('ops', 'builds') }} as builds
        on
            arrivals.change_id > {{ from_change_id('builds') }}
            and arrivals.change_id <= builds.to_change_id
    where builds.build_id = {{ build_id() }}
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
    from check_in_days
    inner join versions
        on
            check_in_days.facility_id = versions.facility_id
            and check_in_days.day = versions.arrival_date
    union distinct
    select * from referrals
)

select * from related
