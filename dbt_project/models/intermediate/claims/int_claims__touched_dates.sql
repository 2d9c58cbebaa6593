-- One row per day whose row of the calendar may have changed in this build: all of them in a full
-- build, none otherwise, for the calendar does not depend on what is delivered. The first row is
-- the unknown day, for dates that are missing, unreadable or outside the calendar.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['date_key']) }}",
) }}

with builds as (
    select is_full from {{ source('ops', 'builds') }}
    where build_id = {{ build_id() }}
),

days as (
    select date '{{ var("unknown_date") }}' as date_key
    union all
    select generate_series(
        date '{{ var("first_date") }}', date '{{ var("last_date") }}', interval '1 day'
    )::date as date_key
)

select days.date_key
from days
cross join builds
where builds.is_full
