-- One row per area and period whose values may change in this build: a component of it changed, or
-- a facility came into the area or left it. An area that is no facility has the unknown facility.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(
        ['facility_key', 'area_kind', 'area_key', 'calendar_code', 'period_start_date']
    ) }}",
) }}

with slices as (
    select distinct
        facility_key,
        commune_key,
        atom_start_date
    from {{ affected_or_all(ref('fct_indicator_components')) }}
),

areas as (
    select * from {{ ref('bridge_facility_areas') }}
),

moved as (
    select distinct
        facility_key,
        area_kind,
        area_key
    from {{ affected_or_all(ref('bridge_facility_areas')) }}
),

components as (
    select * from {{ ref('fct_indicator_components') }}
),

communes as (
    select * from {{ ref('dim_communes') }}
    where audience = 'open'
),

provinces as (
    select * from {{ ref('dim_provinces') }}
    where audience = 'open'
),

touched as (
    -- areas of the facility, as it was
    select
        areas.area_kind,
        areas.area_key,
        slices.atom_start_date
    from slices
    inner join areas
        on
            slices.facility_key = areas.facility_key
            and slices.atom_start_date >= areas.valid_from
            and (slices.atom_start_date < areas.valid_to or areas.valid_to is null)
    union
    -- what is of a commune is of that and of its province of today
    select
        places.area_kind,
        places.area_key,
        slices.atom_start_date
    from slices
    inner join communes on slices.commune_key = communes.commune_key
    inner join provinces on communes.province_key = provinces.province_key
    inner join lateral (
        values
        ('C', communes.commune_key),
        ('P', provinces.current_province_key)
    ) as places (area_kind, area_key) on true
    where slices.commune_key <> {{ unknown_reference_key() }}
    union
    -- an area that a facility came into or left
    select
        moved.area_kind,
        moved.area_key,
        components.atom_start_date
    from moved
    inner join components on moved.facility_key = components.facility_key
    union
    -- and one that it left with all that there was of it
    select
        moved.area_kind,
        moved.area_key,
        slices.atom_start_date
    from moved
    inner join slices on moved.facility_key = slices.facility_key
    union
    select
        'F' as area_kind,
        slices.facility_key as area_key,
        slices.atom_start_date
    from slices
    where slices.facility_key <> {{ surrogate_key(["'" ~ var('unknown_code') ~ "'"]) }}
)

select distinct
    case
        when touched.area_kind = 'F' then touched.area_key
        else {{ surrogate_key(["'" ~ var('unknown_code') ~ "'"]) }}
    end as facility_key,
    touched.area_kind,
    touched.area_key,
    periods.calendar_code,
    periods.period_start_date
from touched
inner join {{ ref('bridge_atoms_periods') }} as periods
    on
        touched.atom_start_date = periods.atom_start_date
        and periods.audience = 'open'
