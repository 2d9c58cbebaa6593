-- One row per facility that a list names or that has an encounter, and audience; and one for the
-- unknown one. It is as it stands now; dim_facility_periods tells how it was. A closed class has
-- all facilities, for a closed row may lead to one that has open encounters only.
with facilities as (
    select * from {{ ref('int_facilities__affected') }}
),

listed as (
    select * from {{ ref('int_facilities__listed') }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
),

versions as (
    select * from {{ ref('int_claims__current_versions') }}
),

communes as (
    select * from {{ ref('dim_communes') }}
    where audience = 'open'
),

provinces as (
    select * from {{ ref('dim_provinces') }}
    where audience = 'open'
)

select
    facilities.facility_key,
    audiences.audience,
    {{ surrogate_key(['listed.parent_code']) }} as parent_facility_key,
    {{ surrogate_key(['listed.reporting_parent_code']) }} as reporting_parent_facility_key,
    todays.province_key,
    coalesce(places.current_commune_key, {{ unknown_reference_key() }}) as commune_key,
    facilities.facility_id,
    coalesce(listed.facility_name, facilities.facility_id) as facility_name,
    {{ facility_attributes('listed') }},
    todays.province_code,
    facilities.facility_id <> '{{ var("unknown_code") }}' as is_known,
    coalesce(listed.is_registered, false) as is_listed,
    sent.audience is null as is_silent,
    latest.arrival_date as known_through_date
from facilities
cross join {{ audiences() }}
left join listed on facilities.facility_id = listed.facility_id
{{ join_place(
    'communes', 'listed.commune_code', 'listed.described_on', 'current_commune_key', 'places'
) }}
{{ join_place(
    'provinces', 'listed.province_code', 'listed.described_on', 'current_province_key', 'told'
) }}
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
            told.current_province_key,
            firsts.current_province_key,
            {{ unknown_reference_key() }}
        ) = todays.province_key
-- in the order of the primary key it is a search by key, not a scan
left join lateral (
    select encounters.audience
    from encounters
    where
        encounters.facility_key = facilities.facility_key
        and encounters.audience = any(audiences.sees)
    order by encounters.facility_key, encounters.encounter_key
    limit 1
) as sent on true
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
    sent.audience is not null
    or listed.facility_id is not null
    or facilities.facility_id = '{{ var("unknown_code") }}'
