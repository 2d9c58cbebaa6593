-- One row per dossier that changed in the stretch of this build: the version that holds its content
-- at the end of the stretch, none when it has none. A full build covers the whole log. Reading the
-- log, not the present state, makes this a pure function of the build: deliveries that land
-- meanwhile belong to the next build, and a build that was killed is done again with one result.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key', 'encounter_key']) }}",
) }}

with stretch as (
    select changes.*
    from {{ source('ops', 'dossier_changes') }} as changes
    inner join {{ source('ops', 'builds') }} as builds
        on
            changes.change_id > {{ from_change_id('builds') }}
            and changes.change_id <= builds.to_change_id
    where builds.build_id = {{ build_id() }}
),

last_changes as (
    select distinct on (encounter_key)
        facility_id,
        encounter_key,
        new_file_id as file_id,
        new_position as position
    from stretch
    order by encounter_key asc, change_id desc
)

select
    {{ surrogate_key(['facility_id']) }} as facility_key,
    encounter_key,
    facility_id,
    file_id,
    position
from last_changes
