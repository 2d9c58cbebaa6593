-- Who is in the registry and sends nothing, and up to which day are the visits of the others known?
select
    facilities.facility_id,
    facilities.facility_name,
    provinces.province_name,
    facilities.is_silent,
    facilities.known_through_date
from marts.dim_facilities as facilities
inner join marts.dim_provinces as provinces on facilities.province_key = provinces.province_key
where facilities.is_known
order by facilities.is_silent desc, facilities.known_through_date, facilities.facility_id
