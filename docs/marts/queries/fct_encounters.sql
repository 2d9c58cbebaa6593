-- What does an encounter cost, and who pays it, for inpatients and others?
select
    is_inpatient,
    count(*) as encounter_count,
    sum(billed_amount_vnd) as billed_amount_vnd,
    sum(fund_amount_vnd) as fund_amount_vnd,
    round(sum(billed_amount_vnd) / count(*)) as billed_vnd_per_encounter
from marts.fct_encounters
group by is_inpatient
order by is_inpatient
