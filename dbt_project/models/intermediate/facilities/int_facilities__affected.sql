-- One row per facility whose row, or periods, a build must rewrite: dossiers of it changed; or a
-- list that names facilities changed, then all that lists name now and those that the changed
-- rows named before. What never changes is the unknown one.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key']) }}",
) }}

with changes as (
    select
        changes.feed,
        changes.old_file_id as file_id,
        changes.old_position as position
    from {{ source('ops', 'document_changes') }} as changes
    inner join {{ source('ops', 'builds') }} as builds
        on changes.change_id > {{ from_change_id('builds') }}
    where
        builds.build_id = {{ build_id() }}
        and changes.feed in (
            'facility_registry',
            'commune_station',
            'workforce',
            'posts',
            'rotation',
            'hospital_activity_month'
        )
),

affected as (
    select facility_id from {{ ref('int_claims__changed_dossiers') }}
    union distinct
    select codes.facility_id
    from changes
    inner join {{ ref('stg_facilities__codes') }} as codes
        on
            changes.feed = codes.feed
            and changes.file_id = codes.file_id
            and changes.position = codes.position
    union distinct
    select facility_id from {{ ref('int_facilities__listed') }}
    where exists (select 1 from changes)
    union distinct
    select '{{ var("unknown_code") }}' as facility_id
    from {{ source('ops', 'builds') }} as builds
    where builds.build_id = {{ build_id() }} and {{ from_change_id('builds') }} = 0
)

select
    {{ surrogate_key(['facility_id']) }} as facility_key,
    facility_id
from affected
where facility_id is not null
