-- Up to which day are the visits of each facility known, and of which province is it today?
select
    facilities.facility_id,
    provinces.province_name,
    facilities.known_through_date
from marts.dim_facilities as facilities
inner join marts.dim_provinces as provinces on facilities.province_key = provinces.province_key
order by facilities.known_through_date, facilities.facility_id
