-- What is the money spent on (MA_NHOM), month by month?
select
    month_start_date,
    cost_group_code,
    sum(line_count) as line_count,
    sum(billed_amount_vnd) as billed_amount_vnd
from marts.rpt_item_months
group by month_start_date, cost_group_code
order by month_start_date, cost_group_code
