-- Which chapters of ICD-10 are people of which age treated for, main diagnosis?
select
    chapter_code,
    age_group,
    sum(encounter_count) as encounter_count,
    sum(death_count) as death_count,
    sum(treatment_days) as treatment_days
from marts.rpt_morbidity_months
group by chapter_code, age_group
order by chapter_code, age_group
