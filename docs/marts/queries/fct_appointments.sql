-- What share of the appointments that are due was kept, by facility?
select
    facilities.facility_id,
    count(appointments.is_kept) as due_count,
    count(*) filter (where appointments.is_kept) as kept_count,
    round(
        count(*) filter (where appointments.is_kept)::numeric
        / nullif(count(appointments.is_kept), 0), 3
    ) as kept_share
from marts.fct_appointments as appointments
inner join marts.dim_facilities as facilities
    on appointments.facility_key = facilities.facility_key
group by facilities.facility_id
order by facilities.facility_id
