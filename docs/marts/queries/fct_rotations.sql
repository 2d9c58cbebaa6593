-- How many people were sent to commune stations in each month, doctors and others?
select
    dates.month_start_date,
    count(distinct rotations.staff_key) as persons,
    count(distinct rotations.staff_key) filter (
        where rotations.occupation_code like 'doctor%'
    ) as doctors
from marts.fct_rotations as rotations
inner join marts.dim_dates as dates on rotations.started_on = dates.date_key
where rotations.is_to_station
group by dates.month_start_date
order by dates.month_start_date
