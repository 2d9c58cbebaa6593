-- KPI cards of the front page: encounters, persons, deaths, money and average stay of a year.
select
    count(*) as encounter_count,
    count(distinct person_key) as person_count,
    count(*) filter (where is_inpatient) as inpatient_count,
    count(*) filter (where is_death) as death_count,
    sum(billed_amount_vnd) as billed_amount_vnd,
    sum(fund_amount_vnd) as fund_amount_vnd,
    avg(treatment_days) filter (where is_inpatient) as stay_days
from marts.fct_encounters
where discharge_date >= date '2025-01-01' and discharge_date < date '2026-01-01'
