-- What is used most, item by item, and in how many encounters? Grouped by all that encounter_count
-- does not add up over.
select
    items.item_code,
    items.item_name,
    report.cost_group_code,
    sum(report.encounter_count) as encounter_count,
    sum(report.quantity) as quantity,
    sum(report.billed_amount_vnd) as billed_amount_vnd
from marts.rpt_item_months as report
inner join marts.dim_items as items on report.item_key = items.item_key
group by report.item_key, report.cost_group_code, items.item_code, items.item_name
order by encounter_count desc, items.item_code, report.cost_group_code
limit 10
