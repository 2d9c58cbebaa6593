-- From which communes, as they are today, do most patients come?
select
    today.commune_code,
    today.commune_name,
    count(*) as encounter_count
from marts.fct_encounters as encounters
inner join marts.dim_communes as communes
    on encounters.residence_commune_key = communes.commune_key
inner join marts.dim_communes as today
    on communes.current_commune_key = today.commune_key
group by today.commune_code, today.commune_name
order by encounter_count desc, today.commune_code
limit 10
