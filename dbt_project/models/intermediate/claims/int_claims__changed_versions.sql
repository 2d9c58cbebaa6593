-- One row per changed dossier that has content: the version that holds it, and whom it is for: the
-- open audience, or that of a closed class. Every row of a fact has the audience of its dossier, so
-- that who may not see one sees none, and no sum over the rest gives it away.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key', 'encounter_key']) }}",
) }}

with versions as (
    select * from {{ ref('int_claims__changed_dossiers') }}
    where file_id is not null
),

closed as (
    select * from {{ ref('int_claims__closed_dossiers') }}
)

select
    versions.*,
    coalesce(closed.closed_class, 'open') as audience
from versions
left join closed
    on
        versions.file_id = closed.file_id
        and versions.position = closed.position
