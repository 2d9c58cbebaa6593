-- How many encounters end on workdays, how many on weekends?
select
    dates.is_weekend,
    count(*) as encounter_count
from marts.fct_encounters as encounters
inner join marts.dim_dates as dates on encounters.discharge_date = dates.date_key
where dates.is_known
group by dates.is_weekend
order by dates.is_weekend
