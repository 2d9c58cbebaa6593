-- Which drugs, services and devices cost most, and how much of each was used?
select
    items.item_type,
    items.item_code,
    items.item_name,
    items.unit_name,
    sum(report.quantity) as quantity,
    sum(report.billed_amount_vnd) as billed_amount_vnd
from marts.rpt_item_months as report
inner join marts.dim_items as items on report.item_key = items.item_key
group by items.item_key, items.item_type, items.item_code, items.item_name, items.unit_name
order by billed_amount_vnd desc, items.item_type, items.item_code
limit 10
