-- One row per dossier that did not change and whose day of arrival belongs to another period of its
-- facility than in the release that readers see.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key', 'encounter_key']) }}",
) }}

select
    versions.facility_key,
    versions.encounter_key,
    versions.facility_id,
    versions.file_id,
    versions.position,
    versions.audience,
    versions.discharged_at
from {{ ref('int_facilities__recut_days') }} as recut
inner join {{ ref('int_claims__current_versions') }} as versions
    on
        recut.facility_id = versions.facility_id
        and recut.first_day <= versions.arrival_date
        and (recut.ended_on is null or recut.ended_on > versions.arrival_date)
left join {{ ref('int_claims__changed_dossiers') }} as changed
    on
        versions.facility_key = changed.facility_key
        and versions.encounter_key = changed.encounter_key
where
    changed.encounter_key is null
    -- another day than those of the calendar is the unknown one, which stays where it is
    and versions.arrival_date
    between date '{{ var("first_date") }}' and date '{{ var("last_date") }}'
