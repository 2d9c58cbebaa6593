-- How many hospital beds and doctors are there for 10,000 people, and how far is that from the targets?
with people as (
    select sum(population) as people
    from marts.fct_population
    where sex_code = 'T' and source_code = 'stat_midyear' and is_latest
),

beds as (
    select sum(beds_planned) as counted
    from marts.dim_facilities
    where
        is_listed
        and status_code = 'active'
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
        beds.counted
    from beds
    union all
    select
        'doctors' as resource,
        doctors.counted
    from doctors
),

targets as (
    select *
    from (
        values
        ('beds', 2025, 33.0),
        ('beds', 2030, 35.0),
        ('doctors', 2025, 15.0),
        ('doctors', 2030, 19.0)
    ) as stated (resource, target_year, target_per_10000)
)

select
    counted.resource,
    counted.counted::bigint as counted,
    people.people::bigint as people,
    round(10000.0 * counted.counted / nullif(people.people, 0), 2) as per_10000,
    targets.target_year,
    targets.target_per_10000,
    round(10000.0 * counted.counted / nullif(people.people, 0) - targets.target_per_10000, 2)
    as difference
from counted
inner join targets on counted.resource = targets.resource
cross join people
order by counted.resource, targets.target_year
