-- One row per touched facility, area that it was in, first day of that, and audience: the facility
-- itself, its province of today, and by the registry its commune, level and ownership of the time.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key', 'area_kind', 'area_key', 'valid_from', 'audience']) }}",
) }}

with facilities as (
    select * from {{ ref('int_indicators__touched_facilities') }}
),

seen as (
    select * from {{ ref('dim_facilities') }}
),

periods as (
    select * from {{ ref('int_indicators__facility_periods') }}
),

provinces as (
    select * from {{ ref('dim_provinces') }}
    where audience = 'open'
),

communes as (
    select * from {{ ref('dim_communes') }}
    where audience = 'open'
),

-- a facility of which only closed dossiers tell is there for their audience alone
shown as (
    select
        facilities.facility_key,
        facilities.facility_id,
        audiences.audience
    from facilities
    cross join {{ audiences() }}
    where
        exists (
            select 1
            from seen
            where
                seen.facility_key = facilities.facility_key
                and seen.audience = audiences.audience
        )
        or facilities.facility_key in (select periods.facility_key from periods)
        or facilities.is_listed
),

always as (
    select
        shown.facility_key,
        shown.audience,
        areas.area_kind,
        areas.area_key
    from shown
    -- the code begins with that of the province as it was when the code was given
    left join lateral (
        select provinces.current_province_key
        from provinces
        where provinces.province_code = left(shown.facility_id, 2)
        order by provinces.valid_from
        limit 1
    ) as home on true
    inner join lateral (
        values
        ('F', shown.facility_key),
        ('P', coalesce(home.current_province_key, {{ unknown_reference_key() }}))
    ) as areas (area_kind, area_key) on true
),

-- neighbouring periods of one area are one
dated as (
    select
        shown.facility_key,
        shown.audience,
        areas.area_kind,
        areas.area_key,
        periods.valid_from,
        periods.valid_to
    from shown
    inner join periods on shown.facility_key = periods.facility_key
    left join communes
        on
            periods.commune_code = communes.commune_code
            and periods.valid_from >= communes.valid_from
            and (periods.valid_from < communes.valid_to or communes.valid_to is null)
    inner join lateral (
        values
        ('C', communes.commune_key),
        ('T', {{ surrogate_key(["'professional_level'", 'periods.professional_level']) }}),
        ('O', {{ surrogate_key(["'ownership'", 'periods.ownership']) }})
    ) as areas (area_kind, area_key) on true
    where areas.area_key is not null
)

select
    facility_key,
    area_kind,
    area_key,
    date '{{ var("unknown_date") }}' as valid_from,
    null::date as valid_to,
    audience
from always
union all
select
    facility_key,
    area_kind,
    area_key,
    valid_from,
    valid_to,
    audience
from dated
