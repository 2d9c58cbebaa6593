-- How many people does each commune have by the newest mid-year count, and how many are under five?
select
    communes.commune_name,
    people.ref_date,
    sum(people.population) as population,
    sum(people.population) filter (where people.age_band in ('0', '1-4')) as under_five
from marts.fct_population as people
inner join marts.dim_communes as communes on people.commune_key = communes.commune_key
where people.sex_code = 'T' and people.source_code = 'stat_midyear' and people.is_latest
group by communes.commune_name, people.commune_key, people.ref_date
order by communes.commune_name, people.commune_key
