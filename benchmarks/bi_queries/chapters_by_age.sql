-- How many encounters does each age group have in each chapter of ICD-10, by main diagnosis?
select
    chapter_code,
    age_group,
    sum(encounter_count) as encounter_count,
    sum(death_count) as death_count,
    sum(treatment_days) as treatment_days
from marts.rpt_morbidity_months
group by chapter_code, age_group
order by chapter_code, age_group
