-- One row per encounter with which a stay may begin, or may have begun, of which something may have
-- changed in this build: the dossiers that changed, and the inpatient encounters of the persons
-- whose encounters may have changed.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key', 'encounter_key']) }}",
) }}

with changed as (
    select * from {{ ref('int_claims__changed_dossiers') }}
),

persons as (
    select * from {{ ref('int_claims__affected_persons') }}
),

versions as (
    select * from {{ ref('int_claims__current_versions') }}
)

select
    facility_key,
    encounter_key
from changed
union distinct
select
    versions.facility_key,
    versions.encounter_key
from persons
inner join versions on persons.person_key = versions.person_key
where versions.is_inpatient
