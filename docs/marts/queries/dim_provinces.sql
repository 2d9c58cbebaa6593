-- From which provinces, as they are today, do patients come?
select
    today.province_name,
    count(*) as encounter_count
from marts.fct_encounters as encounters
inner join marts.dim_provinces as provinces
    on encounters.residence_province_key = provinces.province_key
inner join marts.dim_provinces as today
    on provinces.current_province_key = today.province_key
group by today.province_name
order by encounter_count desc, today.province_name
