-- One row per area and period of which the components changed, or the facilities that are in it. The
-- facility is the unknown one but for areas that are one.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key', 'area_kind', 'area_key', 'calendar_code', 'period_start_date']) }}",
) }}

with slices as (
    {% if is_made_anew() -%}
    select distinct
        facility_key,
        commune_key,
        atom_start_date
    from {{ ref('fct_indicator_components') }}
    {%- else -%}
    select distinct
        facility_key,
        commune_key,
        atom_start_date
    from {{ affected_keys(ref('fct_indicator_components')) }}
    {%- endif %}
),

areas as (
    select * from {{ ref('bridge_facility_areas') }}
),

moved as (
    {% if is_made_anew() -%}
    select
        facility_key,
        area_kind,
        area_key
    from areas
    where false
    {%- else -%}
    select
        facility_key,
        area_kind,
        area_key
    from {{ affected_keys(ref('bridge_facility_areas')) }}
    {%- endif %}
),

components as (
    select * from {{ ref('fct_indicator_components') }}
),

communes as (
    select * from {{ ref('dim_communes') }}
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
    cross join lateral (
        values
        ('C', communes.commune_key),
        ('P', {{ province_of('communes') }})
    ) as places (area_kind, area_key)
    where slices.commune_key <> {{ unknown_reference_key() }}
    union
    -- an area that a facility came into or left
    select
        moved.area_kind,
        moved.area_key,
        components.atom_start_date
    from moved
    inner join components on moved.facility_key = components.facility_key
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
