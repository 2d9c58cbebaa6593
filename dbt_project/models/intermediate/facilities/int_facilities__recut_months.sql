-- One row per facility and month of end of care with an encounter of which the last day belongs to
-- another period than in the release that readers see.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key', 'month_start_date']) }}",
) }}

with facilities as (
    select distinct
        facility_key,
        facility_id
    from {{ ref('int_facilities__recut_days') }}
),

months as (
    select distinct
        facilities.facility_key,
        facilities.facility_id,
        date_trunc(
            'month', versions.discharged_at at time zone '{{ var("local_time_zone") }}'
        )::date as month_start_date
    from facilities
    inner join {{ ref('int_claims__current_versions') }} as versions
        on facilities.facility_id = versions.facility_id
    where versions.discharged_at is not null
)

select distinct
    months.facility_key,
    months.month_start_date,
    months.facility_id
from months
inner join {{ ref('int_facilities__recut_days') }} as recut
    on
        months.facility_key = recut.facility_key
        and {{ month_end('months.month_start_date') }} >= recut.first_day
        and (recut.ended_on is null or recut.ended_on > {{ month_end('months.month_start_date') }})
where
    months.month_start_date
    between date '{{ var("first_date") }}' and date '{{ var("last_date") }}'
