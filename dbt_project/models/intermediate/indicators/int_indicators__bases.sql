-- One row per build that is made: the build whose release readers see, for it starts from that; and
-- the newest behind which no roll-back leads, for what its release replaced is gone. 0 is none.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['seen_build_id']) }}",
) }}

select
    coalesce(max(releases.build_id) filter (
        where releases.release_id = builds.base_release_id
    ), 0) as seen_build_id,
    coalesce(max(releases.build_id) filter (
        where releases.replaced_rows <> 'kept'
    ), 0) as settled_build_id
from {{ source('ops', 'builds') }} as builds
left join {{ source('ops', 'releases') }} as releases on builds.build_id > releases.build_id
where builds.build_id = {{ build_id() }}
