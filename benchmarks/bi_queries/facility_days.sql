-- One facility, day by day: arrivals, and how many of them stayed.
select
    dates.date_key,
    dates.is_weekend,
    count(encounters.encounter_key) as arrival_count,
    count(encounters.encounter_key) filter (where encounters.is_inpatient) as inpatient_count
from marts.dim_dates as dates
inner join marts.dim_facilities as facilities on facilities.facility_id = '0105'
left join marts.fct_encounters as encounters
    on
        dates.date_key = encounters.arrival_date
        and facilities.facility_key = encounters.facility_key
where dates.date_key >= date '2025-01-01' and dates.date_key < date '2025-04-01'
group by dates.date_key, dates.is_weekend
order by dates.date_key
