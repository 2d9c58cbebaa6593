-- Which chapters of ICD-10 are people of which age treated for, main diagnosis?
select
    diagnoses.chapter_code,
    case
        when encounters.age_years < 5 then '00-04'
        when encounters.age_years < 15 then '05-14'
        when encounters.age_years < 60 then '15-59'
        when encounters.age_years >= 60 then '60+'
        else '(unknown)'
    end as age_band,
    count(*) as encounter_count,
    count(*) filter (where encounters.is_death) as death_count,
    sum(encounters.treatment_days) as treatment_days
from marts.fct_encounters as encounters
inner join marts.dim_diagnoses as diagnoses
    on encounters.main_diagnosis_key = diagnoses.diagnosis_key
group by diagnoses.chapter_code, age_band
order by diagnoses.chapter_code, age_band
