-- Which secondary diagnoses go with diseases of the circulatory system?
select
    secondary.diagnosis_code,
    count(*) as encounter_count
from marts.fct_encounters as encounters
inner join marts.dim_diagnoses as main
    on encounters.main_diagnosis_key = main.diagnosis_key
inner join marts.bridge_encounters_diagnoses as secondary
    on
        encounters.facility_key = secondary.facility_key
        and encounters.encounter_key = secondary.encounter_key
where main.chapter_code = 'IX' and secondary.diagnosis_role = 'secondary'
group by secondary.diagnosis_code
order by encounter_count desc, secondary.diagnosis_code
limit 20
