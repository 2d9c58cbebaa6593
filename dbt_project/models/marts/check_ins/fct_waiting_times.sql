-- One row per encounter with content that has a check-in (XML0): when the person checked in, when
-- the first drug or service was ordered, and the minutes between. An order that is earlier than the
-- check-in shows that one of the two is wrong, so nothing is said of the wait.
with affected as (
    select * from {{ affected_keys() }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
),

check_ins as (
    select * from {{ ref('int_check_ins__current_check_ins') }}
),

first_orders as (
    select
        lines.facility_key,
        lines.encounter_key,
        min(lines.ordered_at) as ordered_at
    from affected
    inner join {{ ref('fct_claim_lines') }} as lines
        on
            affected.facility_key = lines.facility_key
            and affected.encounter_key = lines.encounter_key
    group by 1, 2
)

select
    encounters.facility_key,
    encounters.encounter_key,
    check_ins.checked_in_at,
    first_orders.ordered_at as first_order_at,
    case
        when check_ins.checked_in_at <= first_orders.ordered_at
            then extract(epoch from first_orders.ordered_at - check_ins.checked_in_at) / 60
    end::numeric(12, 2) as minutes_to_first_order,
    {{ encounter_columns('encounters') }},
    -- of a closed dossier, or closed by what was ordered at the check-in
    case
        when encounters.audience <> 'open' then encounters.audience
        else coalesce(check_ins.closed_class, 'open')
    end as audience
from affected
inner join encounters
    on
        affected.facility_key = encounters.facility_key
        and affected.encounter_key = encounters.encounter_key
inner join check_ins
    on
        affected.facility_key = check_ins.facility_key
        and affected.encounter_key = check_ins.encounter_key
left join first_orders
    on
        affected.facility_key = first_orders.facility_key
        and affected.encounter_key = first_orders.encounter_key
