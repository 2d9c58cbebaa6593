-- Which 20 drugs cost the fund most in a year, and how often were they charged?
select
    items.item_code,
    items.item_name,
    sum(report.quantity) as quantity,
    sum(report.fund_amount_vnd) as fund_amount_vnd,
    sum(report.line_count) as line_count
from marts.rpt_item_months as report
inner join marts.dim_items as items on report.item_key = items.item_key
where
    items.item_type = 'drug'
    and report.month_start_date >= date '2025-01-01'
    and report.month_start_date < date '2026-01-01'
group by report.item_key, items.item_code, items.item_name
order by fund_amount_vnd desc, items.item_code
limit 20
