-- One row per encounter that a build must rewrite: its dossier changed, or the periods of its
-- facility were cut anew around its day of arrival. A dossier without content has no version.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key', 'encounter_key']) }}",
) }}

select
    dossiers.facility_key,
    dossiers.encounter_key,
    dossiers.facility_id,
    versions.file_id,
    versions.position,
    versions.audience
from {{ ref('int_claims__changed_dossiers') }} as dossiers
left join {{ ref('int_claims__changed_versions') }} as versions
    on
        dossiers.facility_key = versions.facility_key
        and dossiers.encounter_key = versions.encounter_key
union all
select
    facility_key,
    encounter_key,
    facility_id,
    file_id,
    position,
    audience
from {{ ref('int_facilities__recut_versions') }}
