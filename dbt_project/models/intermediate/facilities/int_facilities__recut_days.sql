-- One row per facility and stretch of days that belong to another period than in the release that
-- readers see, because the registry went on or was corrected. What makes all rows anew needs none.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_id', 'first_day']) }}",
) }}

with states as (
    select * from {{ ref('int_facilities__period_states') }}
),

-- the build that readers see, or the last before it that cut periods; and this one, or the last
builds_compared as (
    select
        max(states.build_id) filter (where states.build_id <= releases.build_id) as then_id,
        max(states.build_id) as now_id
    from {{ source('ops', 'builds') }} as builds
    inner join {{ source('ops', 'releases') }} as releases
        on builds.base_release_id = releases.release_id
    cross join states
    where
        builds.build_id = {{ build_id() }}
        and states.build_id <= builds.build_id
        -- over the whole log every encounter is among the changed ones
        and {{ from_change_id('builds') }} > 0
),

cuts as (
    select
        states.facility_code,
        states.valid_from,
        bool_or(states.build_id = compared.then_id) as is_then,
        bool_or(states.build_id = compared.now_id) as is_now
    from builds_compared as compared
    inner join states
        on compared.then_id = states.build_id or compared.now_id = states.build_id
    where compared.now_id is distinct from compared.then_id
    group by states.facility_code, states.valid_from
),

-- between two cuts, of whichever build, every day began with the same cut of each of them
stretches as (
    select
        facility_code,
        valid_from as first_day,
        lead(valid_from) over life as ended_on,
        max(valid_from) filter (where is_then) over so_far as began_then,
        max(valid_from) filter (where is_now) over so_far as begins_now
    from cuts
    window
        life as (partition by facility_code order by valid_from),
        so_far as (
            partition by facility_code
            order by valid_from
            rows between unbounded preceding and current row
        )
)

select
    facility_code as facility_id,
    {{ surrogate_key(['facility_code']) }} as facility_key,
    first_day,
    ended_on
from stretches
where began_then is distinct from begins_now
