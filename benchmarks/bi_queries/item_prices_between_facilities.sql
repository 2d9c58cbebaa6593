-- One service: what do facilities take for it, and how often is it given?
select
    facilities.facility_id,
    count(*) as line_count,
    min(lines.unit_price_vnd) as least_vnd,
    max(lines.unit_price_vnd) as most_vnd,
    sum(lines.billed_amount_vnd) as billed_amount_vnd
from marts.fct_claim_lines as lines
inner join marts.dim_items as items on lines.item_key = items.item_key
inner join marts.dim_facilities as facilities on lines.facility_key = facilities.facility_key
where items.item_type = 'service' and items.item_code = '02.111'
group by facilities.facility_id
order by billed_amount_vnd desc, facilities.facility_id
