-- One row per practitioner whose row a build must rewrite: lines that changed name them; or a list
-- of staff changed, then all, for a licence that it named before is not told otherwise. The unknown
-- one never changes.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['practitioner_key']) }}",
) }}

with versions as (
    select * from {{ ref('int_claims__old_and_new_versions') }}
),

changes as (
    select changes.change_id
    from {{ source('ops', 'document_changes') }} as changes
    inner join {{ source('ops', 'builds') }} as builds
        on changes.change_id > {{ from_change_id('builds') }}
    where builds.build_id = {{ build_id() }} and changes.feed = 'workforce'
),

unknown as (
    select {{ surrogate_key(["'" ~ var('unknown_code') ~ "'"]) }} as practitioner_key
),

affected as (
    select lines.ordering_practitioner_key as practitioner_key
    from versions
    inner join {{ ref('int_claims__drug_lines_conformed') }} as lines
        on
            versions.file_id = lines.file_id
            and versions.position = lines.position
    union distinct
    select lines.ordering_practitioner_key as practitioner_key
    from versions
    inner join {{ ref('int_claims__service_lines_conformed') }} as lines
        on
            versions.file_id = lines.file_id
            and versions.position = lines.position
    union distinct
    select practitioner_key from {{ ref('stg_claims__practitioners') }}
    where exists (select 1 from changes)
)

select affected.practitioner_key
from affected
inner join unknown on affected.practitioner_key <> unknown.practitioner_key
union all
select unknown.practitioner_key
from unknown
cross join {{ source('ops', 'builds') }} as builds
where builds.build_id = {{ build_id() }} and {{ from_change_id('builds') }} = 0
