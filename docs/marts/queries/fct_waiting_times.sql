-- How long does half of the people of each facility wait for the first order, at most?
select
    facilities.facility_id,
    count(*) as check_in_count,
    count(waits.minutes_to_first_order) as measured_count,
    percentile_cont(0.5) within group (order by waits.minutes_to_first_order) as median_minutes
from marts.fct_waiting_times as waits
inner join marts.dim_facilities as facilities on waits.facility_key = facilities.facility_key
group by facilities.facility_id
order by facilities.facility_id
