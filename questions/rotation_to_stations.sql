-- Who was sent to commune stations in each month: how many people, doctors and preventive staff, to how many stations, for how many days of work?
select
    dates.month_start_date,
    count(*) as assignments,
    count(distinct rotations.staff_key) as persons,
    count(distinct rotations.staff_key) filter (
        where rotations.occupation_code like 'doctor%' and rotations.staff_group_code = 'clinical'
    ) as doctors,
    count(distinct rotations.staff_key) filter (
        where rotations.staff_group_code = 'preventive'
    ) as preventive_staff,
    count(distinct rotations.to_facility_key) as stations,
    round(sum(
        (coalesce(rotations.ended_on, rotations.planned_end) - rotations.started_on + 1)
        * rotations.time_share
    ), 1) as days_of_work
from marts.fct_rotations as rotations
inner join marts.dim_dates as dates on rotations.started_on = dates.date_key
where rotations.is_to_station
group by dates.month_start_date
order by dates.month_start_date
