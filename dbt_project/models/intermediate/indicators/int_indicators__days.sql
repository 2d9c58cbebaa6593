-- One row per build: the day on which it began, and that on which the one of the published release
-- did. Between the two, periods came to their end and values became final. Both are noted with the
-- builds, so a build that is done again is the same.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['current_day']) }}",
) }}

with builds as (
    select
        builds.*,
        {{ from_change_id('builds') }} as start_change_id
    from {{ source('ops', 'builds') }} as builds
    where builds.build_id = {{ build_id() }}
),

published as (
    select * from {{ source('ops', 'builds') }}
    where status = 'published'
)

select
    (builds.started_at at time zone '{{ var("local_time_zone") }}')::date as current_day,
    coalesce(
        (max(published.started_at) at time zone '{{ var("local_time_zone") }}')::date,
        date '{{ var("unknown_date") }}'
    ) as previous_day
from builds
-- before the first release, and where everything is made anew, no build came before
left join published
    on
        builds.start_change_id = published.to_change_id
        and builds.start_change_id > 0
        and builds.build_id > published.build_id
group by builds.started_at
