-- One row per version of a check-in that gained or lost its place in the stretch of this build, and
-- whether it counts at the end of the stretch. The log says it and not the present state, as of
-- dossiers. Nothing is joined, so that what joins these versions knows how few they are.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['file_id', 'position']) }}",
) }}

with stretch as (
    select
        changes.*,
        row_number() over (
            partition by changes.document_key
            order by changes.change_id desc
        ) = 1 as is_last
    from {{ source('ops', 'document_changes') }} as changes
    inner join {{ source('ops', 'builds') }} as builds
        on
            changes.change_id > {{ from_change_id('builds') }}
            and changes.change_id <= builds.to_change_id
    where builds.build_id = {{ build_id() }} and changes.feed = 'check_ins'
),

versions as (
    select
        old_file_id as file_id,
        old_position as position,
        false as is_current
    from stretch
    union all
    select
        new_file_id as file_id,
        new_position as position,
        is_last as is_current
    from stretch
)

select
    file_id,
    position,
    bool_or(is_current) as is_current
from versions
where file_id is not null
group by file_id, position
