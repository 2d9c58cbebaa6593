-- One row per facility with an encounter, and audience. A closed class has all facilities, for a
-- closed row may lead to one that has open encounters only.
with facilities as (
    select * from {{ affected_keys() }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
),

versions as (
    select * from {{ ref('int_claims__current_versions') }}
),

provinces as (
    select * from {{ ref('dim_provinces') }}
    where audience = 'open'
)

select
    facilities.facility_key,
    audiences.audience,
    todays.province_key,
    facilities.facility_id,
    todays.province_code,
    latest.arrival_date as known_through_date
from facilities
cross join {{ audiences() }}
-- the code begins with that of the province as it was when the code was given, before the merger
left join lateral (
    select provinces.current_province_key
    from provinces
    where provinces.province_code = left(facilities.facility_id, 2)
    order by provinces.valid_from asc
    limit 1
) as firsts on true
inner join provinces as todays
    on
        coalesce(
            firsts.current_province_key,
            {{ unknown_reference_key() }}
        ) = todays.province_key
-- a year that the calendar does not have is a slip of the pen
left join lateral (
    select versions.arrival_date
    from versions
    where
        versions.facility_id = facilities.facility_id
        and versions.audience = any(audiences.sees)
        and versions.arrival_date
        between date '{{ var("first_date") }}' and date '{{ var("last_date") }}'
    order by versions.arrival_date desc
    limit 1
) as latest on true
where
    exists (
        select 1
        from encounters
        where
            encounters.facility_key = facilities.facility_key
            and encounters.audience = any(audiences.sees)
    )
