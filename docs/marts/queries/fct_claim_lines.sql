-- What do encounters with each main diagnosis cost, by cost group? Lines join the encounter, which
-- has one main diagnosis, so that no line counts twice.
select
    encounters.main_diagnosis_code,
    lines.cost_group_code,
    count(distinct lines.encounter_key) as encounter_count,
    sum(lines.billed_amount_vnd) as billed_amount_vnd
from marts.fct_claim_lines as lines
inner join marts.fct_encounters as encounters
    on
        lines.facility_key = encounters.facility_key
        and lines.encounter_key = encounters.encounter_key
group by encounters.main_diagnosis_code, lines.cost_group_code
order by billed_amount_vnd desc, encounters.main_diagnosis_code, lines.cost_group_code
limit 10
