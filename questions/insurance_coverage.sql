-- Which share of the people of each commune holds a valid insurance card?
with members as (
    select
        commune_key,
        max(as_of_date) as as_of_date,
        sum(members) as members
    from marts.fct_insurance_membership
    where is_latest and counted = 'person'
    group by commune_key
),

people as (
    select
        commune_key,
        max(ref_date) as population_date,
        sum(population) as people
    from marts.fct_population
    where sex_code = 'T' and source_code = 'stat_midyear' and is_latest
    group by commune_key
)

select
    communes.commune_code,
    communes.commune_name,
    max(members.as_of_date) as as_of_date,
    max(people.population_date) as population_date,
    sum(members.members)::bigint as members,
    sum(people.people)::bigint as people,
    round(100.0 * sum(members.members) / nullif(sum(people.people), 0), 1) as coverage_pct
from members
inner join people on members.commune_key = people.commune_key
inner join marts.dim_communes as communes on members.commune_key = communes.commune_key
group by grouping sets ((communes.commune_code, communes.commune_name), ())
order by communes.commune_code nulls last
