-- Drill-through to the end: every line of the dearest encounter of one facility.
select
    lines.table_code,
    lines.line_number,
    items.item_name,
    lines.quantity,
    lines.unit_price_vnd,
    lines.billed_amount_vnd
from marts.fct_claim_lines as lines
inner join marts.dim_items as items on lines.item_key = items.item_key
inner join (
    select
        encounters.facility_key,
        encounters.encounter_key
    from marts.fct_encounters as encounters
    inner join marts.dim_facilities as facilities
        on encounters.facility_key = facilities.facility_key
    where facilities.facility_id = '0103'
    order by encounters.billed_amount_vnd desc, encounters.encounter_key
    limit 1
) as dearest
    on lines.facility_key = dearest.facility_key and lines.encounter_key = dearest.encounter_key
order by lines.table_code, lines.line_number
