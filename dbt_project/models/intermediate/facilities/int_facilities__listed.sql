-- One row per facility that a list names, with what is said of it as of the newest registry: the
-- period that holds on the day of that list, else the last before, else the first after it. Of a
-- station or point that the registry does not have, the newest list of stations tells. A unit that
-- others only name as the one above them is a row without more.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_id']) }}",
) }}

with named as (
    {% for feed, column in columns_of_facilities() %}
        select {{ unit_code(column) }} as facility_id
        from {{ ref('stg_lists__' ~ feed) }}
        {{ 'union distinct' if not loop.last }}
    {% endfor %}
),

newest as (
    select max(as_of) as as_of from {{ ref('stg_lists__facility_registry') }}
),

registered as (
    select distinct on (periods.facility_code) periods.*
    from {{ ref('int_facilities__periods') }} as periods
    cross join newest
    where periods.is_known
    order by
        periods.facility_code asc,
        coalesce(periods.valid_from <= newest.as_of, false) desc,
        case when periods.valid_from <= newest.as_of then periods.valid_from end desc,
        periods.valid_from asc
),

stations as (
    select distinct on (unit_code) *
    from {{ ref('stg_lists__commune_station') }}
    order by unit_code asc, as_of desc, received_at desc, commune_code asc
)

select
    named.facility_id,
    {{ surrogate_key(['named.facility_id']) }} as facility_key,
    coalesce(registered.facility_name, stations.unit_name) as facility_name,
    coalesce(
        registered.facility_type,
        case lower(stations.unit_kind)
            when 'station' then 'commune_station'
            when 'point' then 'station_point'
        end
    ) as facility_type,
    registered.ownership,
    registered.governing_body,
    coalesce(
        {{ unit_code('registered.parent_code') }}, {{ unit_code('stations.parent_unit_code') }}
    ) as parent_code,
    coalesce(
        {{ unit_code('stations.parent_unit_code') }}, {{ unit_code('registered.parent_code') }}
    ) as reporting_parent_code,
    registered.professional_level,
    registered.level_points,
    registered.old_tier,
    registered.hospital_class,
    registered.specialty,
    registered.gln_code,
    registered.has_insurance_contract,
    registered.is_training_site,
    registered.province_code,
    coalesce(registered.commune_code, stations.commune_code) as commune_code,
    registered.latitude,
    registered.longitude,
    registered.beds_planned,
    registered.beds_registered,
    registered.beds_actual,
    registered.beds_icu,
    registered.beds_emergency,
    registered.beds_negative_pressure,
    registered.status,
    registered.facility_code is not null as is_registered,
    coalesce(registered.valid_from, stations.as_of_date) as described_on
from named
left join registered on named.facility_id = registered.facility_code
left join stations on named.facility_id = stations.unit_code
where named.facility_id is not null
