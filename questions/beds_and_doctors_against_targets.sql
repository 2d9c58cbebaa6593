-- How many hospital beds and doctors are there for 10,000 people, and how far is that from the targets?
with people as (
    select sum(population) as people
    from marts.fct_population
    where sex_code = 'T' and source_code = 'stat_midyear' and is_latest
),

listed as (
    select * from marts.dim_facilities
    where is_listed
),

beds as (
    select sum(beds_actual) as counted
    from listed
    where
        status_code = 'active'
        and facility_kind_code not in ('commune_station', 'station_point', 'agency_station')
),

doctors as (
    select count(distinct staff_key) as counted
    from marts.fct_workforce
    where
        title_code = '1'
        and is_main_place
        and valid_from <= as_of_date
        and (valid_to is null or valid_to > as_of_date)
),

counted as (
    select
        'beds' as resource,
        'BEDS_PER_10K_GSO' as indicator_code,
        beds.counted
    from beds
    union all
    select
        'doctors' as resource,
        'DOCTORS_PER_10K' as indicator_code,
        doctors.counted
    from doctors
),

targets as (
    select * from marts.dim_indicator_targets
    where
        kind = 'target'
        and (
            scope = 'nation'
            or scope in (
                select provinces.province_code
                from listed
                inner join marts.dim_provinces as provinces
                    on listed.province_key = provinces.province_key
            )
        )
)

select
    counted.resource,
    counted.counted::bigint as counted,
    people.people::bigint as people,
    round(10000.0 * counted.counted / nullif(people.people, 0), 2) as per_10000,
    targets.target_year,
    targets.scope as target_scope,
    targets.source as target_source,
    round(targets.target_value, 2) as target_per_10000,
    round(10000.0 * counted.counted / nullif(people.people, 0) - targets.target_value, 2)
    as difference
from counted
inner join targets on counted.indicator_code = targets.indicator_code
cross join people
order by counted.resource, targets.target_year, targets.scope, targets.target_number
