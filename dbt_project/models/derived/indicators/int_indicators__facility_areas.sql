-- One row per touched facility, area that it was in, first day of that, and audience: the facility
-- itself, its province of today, and by the registry its commune, level and ownership of the time.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key', 'area_kind', 'area_key', 'valid_from', 'audience']) }}",
) }}

with affected as (
    select * from {{ ref('int_facilities__affected') }}
),

facilities as (
    select * from {{ ref('dim_facilities') }}
),

periods as (
    select * from {{ ref('int_indicators__facility_periods') }}
),

communes as (
    select * from {{ ref('dim_communes') }}
    where audience = 'open'
),

-- a facility of which only closed dossiers tell is there for their audience alone
shown as (
    select
        facilities.facility_key,
        facilities.province_key,
        facilities.audience
    from affected
    inner join facilities on affected.facility_key = facilities.facility_key
    where facilities.is_known
),

always as (
    select
        shown.facility_key,
        shown.audience,
        areas.area_kind,
        areas.area_key
    from shown
    inner join lateral (
        values
        ('F', shown.facility_key),
        ('P', shown.province_key)
    ) as areas (area_kind, area_key) on true
),

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
