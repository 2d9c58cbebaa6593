-- Which professional levels are there?
select
    area_id,
    area_name_vi
from marts.dim_areas
where area_kind = 'T'
order by area_id
