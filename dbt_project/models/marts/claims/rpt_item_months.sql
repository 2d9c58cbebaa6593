-- One row per facility, month of end of care (local calendar), drug, service or device, cost group
-- and audience.
with item_months as (
    select * from {{ affected_keys() }}
),

lines as (
    select * from {{ ref('fct_claim_lines') }}
),

-- of the documents of each audience alone; an encounter is for one audience, so they add up
figures as (
    select
        item_months.facility_key,
        item_months.month_start_date,
        item_months.item_key,
        coalesce(lines.cost_group_code, '{{ var("unknown_code") }}') as cost_group_code,
        lines.audience,
        count(*) as line_count,
        count(distinct lines.encounter_key) as encounter_count,
        sum(lines.quantity) as quantity,
        sum(lines.billed_amount_vnd) as billed_amount_vnd,
        sum(lines.in_scope_amount_vnd) as in_scope_amount_vnd,
        sum(lines.fund_amount_vnd) as fund_amount_vnd,
        sum(lines.copayment_amount_vnd) as copayment_amount_vnd,
        sum(lines.own_amount_vnd) as own_amount_vnd
    from item_months
    inner join lines
        on
            item_months.facility_key = lines.facility_key
            and item_months.item_key = lines.item_key
            and item_months.month_start_date = lines.month_start_date
    group by 1, 2, 3, 4, 5
)

select
    figures.facility_key,
    figures.month_start_date,
    figures.item_key,
    figures.cost_group_code,
    audiences.audience,
    sum(figures.line_count)::integer as line_count,
    sum(figures.encounter_count)::integer as encounter_count,
    coalesce(sum(figures.quantity), 0)::numeric(24, 3) as quantity,
    coalesce(sum(figures.billed_amount_vnd), 0)::numeric(24, 2) as billed_amount_vnd,
    coalesce(sum(figures.in_scope_amount_vnd), 0)::numeric(24, 2) as in_scope_amount_vnd,
    coalesce(sum(figures.fund_amount_vnd), 0)::numeric(24, 2) as fund_amount_vnd,
    coalesce(sum(figures.copayment_amount_vnd), 0)::numeric(24, 2) as copayment_amount_vnd,
    coalesce(sum(figures.own_amount_vnd), 0)::numeric(24, 2) as own_amount_vnd
from figures
inner join {{ audiences() }} on figures.audience = any(audiences.sees)
group by 1, 2, 3, 4, 5
-- in a closed class: cells in which something is closed
having bool_or(figures.audience = audiences.audience)
