-- How much did care cost in each month, and how much of it is asked from the insurance fund?
select
    month_start_date,
    sum(encounter_count)::bigint as encounters,
    sum(billed_amount_vnd) as billed_vnd,
    sum(in_scope_amount_vnd) as in_scope_vnd,
    sum(fund_amount_vnd) as asked_from_fund_vnd,
    sum(copayment_amount_vnd + own_amount_vnd) as patients_vnd,
    round(100 * sum(fund_amount_vnd) / nullif(sum(billed_amount_vnd), 0), 1) as fund_pct
from marts.rpt_facility_months
group by month_start_date
order by month_start_date
