-- How many persons were treated in a quarter, by sex and decade of birth?
select
    persons.sex_code,
    persons.birth_year - persons.birth_year % 10 as born_from,
    count(*) as person_count
from marts.dim_persons as persons
where persons.person_key in (
    select encounters.person_key
    from marts.fct_encounters as encounters
    where
        encounters.discharge_date >= date '2025-04-01'
        and encounters.discharge_date < date '2025-07-01'
)
group by persons.sex_code, born_from
order by persons.sex_code, born_from
