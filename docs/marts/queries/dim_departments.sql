-- How many departments does each facility bill for, and how many of them has no list of its staff?
select
    facilities.facility_name,
    count(*) as department_count,
    count(*) filter (where not departments.is_listed) as unlisted_count
from marts.dim_departments as departments
inner join marts.dim_facilities as facilities
    on departments.facility_key = facilities.facility_key
where departments.is_known
group by facilities.facility_name
order by unlisted_count desc, facilities.facility_name asc
