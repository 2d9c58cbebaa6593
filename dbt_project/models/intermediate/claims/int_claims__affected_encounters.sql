-- One row per encounter that a build must rewrite: its dossier changed, or the periods of its
-- facility were cut anew around its day of arrival.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key', 'encounter_key']) }}",
) }}

select
    facility_key,
    encounter_key
from {{ ref('int_claims__changed_dossiers') }}
union all
select
    facility_key,
    encounter_key
from {{ ref('int_facilities__recut_versions') }}
