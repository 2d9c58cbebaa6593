-- Which sources are in one place, of how many facilities, and up to which day?
select
    told.source,
    count(*) as row_count,
    count(distinct told.facility_key) as facility_count,
    min(nullif(told.day, date '0001-01-01')) as first_day,
    max(nullif(told.day, date '0001-01-01')) as last_day
from (
    select 'claims' as source, facility_key, discharge_date as day
    from marts.fct_encounters
    union all
    select 'check_ins', facility_key, discharge_date
    from marts.fct_waiting_times
    union all
    select 'hospital_activity_month', facility_key, month_start_date
    from marts.fct_hospital_activity_months
    union all
    select 'workforce', facility_key, as_of_date
    from marts.fct_workforce
    union all
    select 'posts', facility_key, as_of_date
    from marts.fct_posts
    union all
    select 'rotation', from_facility_key, started_on
    from marts.fct_rotations
    union all
    select 'commune_station', facility_key, as_of_date
    from marts.fct_stations
    union all
    select 'population', null, ref_date
    from marts.fct_population
    union all
    select 'insurance_membership', null, as_of_date
    from marts.fct_insurance_membership
) as told
group by told.source
order by told.source
