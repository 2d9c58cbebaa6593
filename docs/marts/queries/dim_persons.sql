-- How many persons came, by sex, and how often on average?
select
    persons.sex_code,
    count(distinct persons.person_key) as person_count,
    round(count(*)::numeric / count(distinct persons.person_key), 2) as encounters_per_person
from marts.dim_persons as persons
inner join marts.fct_encounters as encounters on persons.person_key = encounters.person_key
group by persons.sex_code
order by persons.sex_code
