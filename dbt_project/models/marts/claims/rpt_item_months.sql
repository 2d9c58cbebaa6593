-- One row per facility, month of end of care (local calendar), drug, service or device, cost group
-- and whether the dossiers are related to HIV; rows that are, are for those who may see them.
with item_months as (
    select * from {{ ref('int_claims__touched_item_months') }}
),

lines as (
    select * from {{ ref('fct_claim_lines') }}
)

select
    item_months.facility_key,
    item_months.month_start_date,
    item_months.item_key,
    coalesce(lines.cost_group_code, '{{ var("unknown_code") }}') as cost_group_code,
    lines.is_hiv_related,
    count(*)::integer as line_count,
    count(distinct lines.encounter_key)::integer as encounter_count,
    coalesce(sum(lines.quantity), 0)::numeric(24, 3) as quantity,
    coalesce(sum(lines.billed_amount_vnd), 0)::numeric(24, 2) as billed_amount_vnd,
    coalesce(sum(lines.in_scope_amount_vnd), 0)::numeric(24, 2) as in_scope_amount_vnd,
    coalesce(sum(lines.fund_amount_vnd), 0)::numeric(24, 2) as fund_amount_vnd,
    coalesce(sum(lines.copayment_amount_vnd), 0)::numeric(24, 2) as copayment_amount_vnd,
    coalesce(sum(lines.own_amount_vnd), 0)::numeric(24, 2) as own_amount_vnd
from item_months
inner join lines
    on
        item_months.facility_key = lines.facility_key
        and item_months.item_key = lines.item_key
        and item_months.month_start_date = lines.month_start_date
group by 1, 2, 3, 4, 5
