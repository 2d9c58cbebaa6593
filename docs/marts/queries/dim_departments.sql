-- Which departments does each facility bill for, though no list of staff has them?
select
    facilities.facility_name,
    departments.department_code
from marts.dim_departments as departments
inner join marts.dim_facilities as facilities
    on departments.facility_key = facilities.facility_key
where departments.is_known and not departments.is_listed
order by facilities.facility_name, departments.department_code
