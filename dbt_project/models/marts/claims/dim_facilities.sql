-- One row per facility with an encounter, and audience. A closed class has all facilities, for a
-- closed row may lead to one that has open encounters only.
with facilities as (
    select * from {{ ref('int_claims__touched_facilities') }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
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
    todays.province_code
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
where
    exists (
        select 1
        from encounters
        where
            encounters.facility_key = facilities.facility_key
            and encounters.audience = any(audiences.sees)
    )
