-- One row per dossier version that gained or lost its place in the stretch of this build. What they
-- name (persons, items, months …) is what may have changed in dimensions and reports. Versions in
-- between count too: the candidate may hold them from a build that was never published.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['file_id', 'position']) }}",
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

old_and_new as (
    select
        old_file_id as file_id,
        old_position as position
    from stretch
    where old_file_id is not null
    union distinct
    select
        new_file_id as file_id,
        new_position as position
    from stretch
    where new_file_id is not null
)

select
    file_id,
    position
from old_and_new
