-- Which diagnoses are named most often beside the main one?
select
    diagnosis_code,
    count(distinct encounter_key) as encounter_count
from marts.bridge_encounters_diagnoses
where diagnosis_role = 'secondary'
group by diagnosis_code
order by encounter_count desc, diagnosis_code
limit 10
