-- One row per visit whose check-in changed in the stretch of this build: the check-in that counts
-- at the end of the stretch, none when there is none. A check-in is a document by its facility and
-- MA_LK, so a visit has one. As of dossiers, the log says it and not the present state.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key', 'encounter_key']) }}",
) }}

with stretch as (
    select changes.*
    from {{ source('ops', 'document_changes') }} as changes
    inner join {{ source('ops', 'builds') }} as builds
        on
            changes.change_id > {{ from_change_id('builds') }}
            and changes.change_id <= builds.to_change_id
    where builds.build_id = {{ build_id() }} and changes.feed = 'check_ins'
),

last_changes as (
    select distinct on (document_key)
        new_file_id as file_id,
        new_position as position,
        coalesce(new_file_id, old_file_id) as named_in_file_id,
        coalesce(new_position, old_position) as named_in_position
    from stretch
    order by document_key asc, change_id desc
)

select
    {{ surrogate_key(['versions.sender_id']) }} as facility_key,
    versions.refers_to_key as encounter_key,
    last_changes.file_id,
    last_changes.position
from last_changes
inner join {{ source('ops', 'document_versions') }} as versions
    on
        last_changes.named_in_file_id = versions.file_id
        and last_changes.named_in_position = versions.position
where versions.feed = 'check_ins' and versions.refers_to_key is not null
