-- How many transfers of each facility are found elsewhere, and how soon?
select
    facilities.facility_id,
    count(*) as transfer_count,
    count(*) filter (where transfers.is_arrival_matched) as arrival_count,
    avg(transfers.hours_to_arrival) as mean_hours_to_arrival
from marts.fct_transfers as transfers
inner join marts.dim_facilities as facilities on transfers.facility_key = facilities.facility_key
group by facilities.facility_id
order by facilities.facility_id
