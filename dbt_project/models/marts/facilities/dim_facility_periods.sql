-- One row per facility and period in which the registry says the same of it, and audience. The
-- periods of a facility follow one another without a gap, from 0001-01-01: what the registry does
-- not speak of is an unknown period, so that every day of every facility has one.
with facilities as (
    select facilities.*
    from {{ ref('int_facilities__affected') }} as affected
    inner join {{ ref('dim_facilities') }} as facilities
        on affected.facility_key = facilities.facility_key
),

registered as (
    select * from {{ ref('int_facilities__periods') }}
),

starts as (
    select
        facility_code,
        min(valid_from) as valid_from
    from registered
    group by facility_code
),

periods as (
    select
        facilities.facility_key,
        facilities.audience,
        facilities.facility_id,
        date '{{ var("unknown_date") }}' as valid_from,
        starts.valid_from as valid_to,
        null::text as facility_code
    from facilities
    left join starts on facilities.facility_id = starts.facility_code
    where
        starts.valid_from is null
        or starts.valid_from > date '{{ var("unknown_date") }}'
    union all
    select
        facilities.facility_key,
        facilities.audience,
        facilities.facility_id,
        registered.valid_from,
        registered.valid_to,
        registered.facility_code
    from facilities
    inner join registered on facilities.facility_id = registered.facility_code
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
    periods.facility_key,
    {{ facility_period_key('periods.facility_key', 'periods.valid_from') }} as facility_period_key,
    periods.audience,
    {{ surrogate_key([unit_code('registered.parent_code')]) }} as parent_facility_key,
    coalesce(told.province_key, {{ unknown_reference_key() }}) as province_key,
    coalesce(places.commune_key, {{ unknown_reference_key() }}) as commune_key,
    periods.facility_id,
    registered.facility_name,
    {{ facility_attributes('registered') }},
    coalesce(registered.is_known, false) as is_known,
    periods.valid_from,
    periods.valid_to
from periods
left join registered
    on
        periods.facility_code = registered.facility_code
        and periods.valid_from = registered.valid_from
{{ join_place(
    'communes', 'registered.commune_code', 'periods.valid_from', 'commune_key', 'places'
) }}
{{ join_place(
    'provinces', 'registered.province_code', 'periods.valid_from', 'province_key', 'told'
) }}
