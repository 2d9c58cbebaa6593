-- Guards the affected keys of dim_items, which come from raw and not from the fact: both give
-- a line the same item. A line of a changed dossier without its item would break a foreign key.
select lines.claim_line_key
from {{ ref('int_claims__changed_dossiers') }} as dossiers
inner join {{ ref('fct_claim_lines') }} as lines
    on
        dossiers.facility_key = lines.facility_key
        and dossiers.encounter_key = lines.encounter_key
left join {{ ref('dim_items') }} as items
    on
        lines.item_key = items.item_key
        and lines.audience = items.audience
where items.item_key is null
