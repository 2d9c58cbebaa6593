-- What is the money spent on (MA_NHOM), month by month?
select
    encounters.month_start_date,
    lines.cost_group_code,
    count(*) as line_count,
    sum(lines.billed_amount_vnd) as billed_amount_vnd
from marts.fct_claim_lines as lines
inner join marts.fct_encounters as encounters
    on
        lines.facility_key = encounters.facility_key
        and lines.encounter_key = encounters.encounter_key
group by encounters.month_start_date, lines.cost_group_code
order by encounters.month_start_date, lines.cost_group_code
