-- Drill-through: the encounters of one facility in one month, the dearest first.
select
    encounters.encounter_key,
    encounters.main_diagnosis_code,
    encounters.arrival_date,
    encounters.discharge_date,
    encounters.treatment_days,
    encounters.billed_amount_vnd,
    encounters.outcome_code
from marts.fct_encounters as encounters
inner join marts.dim_facilities as facilities
    on encounters.facility_key = facilities.facility_key
where facilities.facility_id = '01017' and encounters.month_start_date = date '2025-03-01'
order by encounters.billed_amount_vnd desc, encounters.encounter_key
limit 200
