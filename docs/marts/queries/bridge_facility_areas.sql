-- How many facilities are of each professional level today?
select
    areas.area_name_vi,
    count(*) as facility_count
from marts.bridge_facility_areas as members
inner join marts.dim_areas as areas using (area_kind, area_key)
where members.area_kind = 'T' and members.valid_to is null
group by areas.area_name_vi
order by areas.area_name_vi
