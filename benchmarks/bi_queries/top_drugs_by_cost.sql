-- Which 20 drugs cost the fund most in a year, and how many encounters had them?
select
    items.item_code,
    items.item_name,
    sum(lines.quantity) as quantity,
    sum(lines.fund_amount_vnd) as fund_amount_vnd,
    count(distinct lines.encounter_key) as encounter_count
from marts.fct_claim_lines as lines
inner join marts.dim_items as items on lines.item_key = items.item_key
where
    items.item_type = 'drug'
    and lines.ordered_at >= timestamptz '2025-01-01 00:00:00+07'
    and lines.ordered_at < timestamptz '2026-01-01 00:00:00+07'
group by items.item_code, items.item_name
order by fund_amount_vnd desc, items.item_code
limit 20
