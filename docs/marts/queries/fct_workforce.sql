-- How many persons of each occupation work in the province, by the newest lists, and how many of
-- them have a postgraduate degree?
select
    staff.occupation_code,
    count(distinct staff.staff_key) as persons,
    count(distinct staff.staff_key) filter (where staff.is_postgraduate) as postgraduates
from marts.fct_workforce as staff
where
    staff.valid_from <= staff.as_of_date
    and (staff.valid_to is null or staff.valid_to > staff.as_of_date)
group by staff.occupation_code
order by persons desc, staff.occupation_code
