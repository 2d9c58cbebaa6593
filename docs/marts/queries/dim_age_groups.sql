-- How many died in each age group of the report on morbidity?
select
    ages.age_group_name_en,
    sum(report.death_count) as death_count
from marts.rpt_morbidity_months as report
inner join marts.dim_age_groups as ages
    on
        ages.grouping_name = 'morbidity'
        and report.age_group = ages.age_group
group by ages.age_group_name_en, ages.from_age_years
order by ages.from_age_years
