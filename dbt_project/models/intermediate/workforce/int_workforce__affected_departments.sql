-- One row per department whose row a build must rewrite: lines that changed name it; or a list of
-- staff changed, then all that lists name now and those that the changed rows named before.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key', 'department_key']) }}",
) }}

with versions as (
    select * from {{ ref('int_claims__old_and_new_versions') }}
),

changes as (
    select
        changes.old_file_id as file_id,
        changes.old_position as position
    from {{ source('ops', 'document_changes') }} as changes
    inner join {{ source('ops', 'builds') }} as builds
        on changes.change_id > {{ from_change_id('builds') }}
    where builds.build_id = {{ build_id() }} and changes.feed = 'workforce'
),

affected as (
    select
        lines.facility_id,
        coalesce(lines.department_code, '{{ var("unknown_code") }}') as department_code
    from versions
    inner join {{ ref('int_claims__drug_lines_conformed') }} as lines
        on
            versions.file_id = lines.file_id
            and versions.position = lines.position
    union distinct
    select
        lines.facility_id,
        coalesce(lines.department_code, '{{ var("unknown_code") }}') as department_code
    from versions
    inner join {{ ref('int_claims__service_lines_conformed') }} as lines
        on
            versions.file_id = lines.file_id
            and versions.position = lines.position
    union distinct
    select
        sent.facility_id,
        coalesce(sent.department_code, '{{ var("unknown_code") }}') as department_code
    from changes
    inner join {{ ref('stg_workforce__departments_sent') }} as sent
        on
            changes.file_id = sent.file_id
            and changes.position = sent.position
    where sent.facility_id is not null
    union distinct
    select
        facility_id,
        department_code
    from {{ ref('int_workforce__departments') }}
    where exists (select 1 from changes)
)

select
    {{ surrogate_key(['facility_id']) }} as facility_key,
    {{ surrogate_key(['facility_id', 'department_code']) }} as department_key,
    facility_id,
    department_code
from affected
