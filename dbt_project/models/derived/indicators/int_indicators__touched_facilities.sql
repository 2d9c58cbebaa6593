-- One row per facility whose areas may have changed: of dossiers that changed; where the registry
-- or the list of stations changed, every facility that these name.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key']) }}",
) }}

with changed as (
    select count(*) as feed_count
    from {{ ref('int_lists__changed_feeds') }}
    where feed in ('facility_registry', 'commune_station')
),

named as (
    select
        facility_key,
        facility_id,
        false as is_listed
    from {{ ref('int_claims__changed_dossiers') }}
    union all
    select
        periods.facility_key,
        periods.facility_code as facility_id,
        true as is_listed
    from changed
    inner join {{ ref('int_indicators__facility_periods') }} as periods on changed.feed_count > 0
    union all
    select
        {{ surrogate_key(['stations.unit_code']) }} as facility_key,
        stations.unit_code as facility_id,
        true as is_listed
    from changed
    inner join {{ ref('stg_lists__commune_station') }} as stations on changed.feed_count > 0
)

select
    facility_key,
    facility_id,
    bool_or(is_listed) as is_listed
from named
group by facility_key, facility_id
