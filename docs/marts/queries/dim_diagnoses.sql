-- What are inpatients treated for, main diagnosis by name?
select
    diagnoses.diagnosis_code,
    diagnoses.diagnosis_name_vi,
    count(*) as encounter_count
from marts.fct_encounters as encounters
inner join marts.dim_diagnoses as diagnoses
    on encounters.main_diagnosis_key = diagnoses.diagnosis_key
where encounters.is_inpatient
group by diagnoses.diagnosis_code, diagnoses.diagnosis_name_vi
order by encounter_count desc, diagnoses.diagnosis_code
limit 10
