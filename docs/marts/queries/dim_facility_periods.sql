-- When did the level of each facility change, by the registry?
select
    facilities.facility_name,
    periods.professional_level_code,
    periods.old_tier_code,
    periods.valid_from,
    periods.valid_to
from marts.dim_facility_periods as periods
inner join marts.dim_facilities as facilities on periods.facility_key = facilities.facility_key
where periods.is_known
order by facilities.facility_name, periods.valid_from
