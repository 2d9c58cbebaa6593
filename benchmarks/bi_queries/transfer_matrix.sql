-- Who sends patients where, how many of them arrive, and how soon?
select
    senders.facility_id as sent_from,
    transfers.sent_to_facility_id as sent_to,
    count(*) as transfer_count,
    count(*) filter (where transfers.is_arrival_matched) as arrival_count,
    avg(transfers.hours_to_arrival) as hours_to_arrival
from marts.fct_transfers as transfers
inner join marts.dim_facilities as senders on transfers.facility_key = senders.facility_key
group by senders.facility_id, transfers.sent_to_facility_id
order by senders.facility_id, transfers.sent_to_facility_id
