-- One row per facility and month of end of care (local calendar) with an encounter.
with facility_months as (
    select * from {{ ref('int_claims__touched_facility_months') }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
),

figures as (
    select
        facility_months.facility_key,
        facility_months.month_start_date,
        facility_months.facility_id,
        count(*)::integer as encounter_count,
        count(*) filter (where encounters.is_inpatient)::integer as inpatient_count,
        -- 2: transferred for a professional reason, 5: on the patient's request
        count(*) filter (where encounters.discharge_type_code = '2')::integer
            as transfer_professional_count,
        count(*) filter (where encounters.discharge_type_code = '5')::integer
            as transfer_requested_count,
        count(*) filter (where encounters.is_death)::integer as death_count,
        coalesce(sum(encounters.treatment_days) filter (where encounters.is_inpatient), 0)
            as bed_days,
        coalesce(sum(encounters.billed_amount_vnd), 0) as billed_amount_vnd,
        coalesce(sum(encounters.in_scope_amount_vnd), 0) as in_scope_amount_vnd,
        coalesce(sum(encounters.fund_amount_vnd), 0) as fund_amount_vnd,
        coalesce(sum(encounters.copayment_amount_vnd), 0) as copayment_amount_vnd,
        coalesce(sum(encounters.own_amount_vnd), 0) as own_amount_vnd
    from facility_months
    inner join encounters
        on
            facility_months.facility_key = encounters.facility_key
            and facility_months.month_start_date = encounters.month_start_date
    group by 1, 2, 3
)

select
    facility_key,
    month_start_date,
    facility_id,
    encounter_count,
    inpatient_count,
    bed_days::numeric(18, 3) as bed_days,
    billed_amount_vnd::numeric(24, 2) as billed_amount_vnd,
    in_scope_amount_vnd::numeric(24, 2) as in_scope_amount_vnd,
    fund_amount_vnd::numeric(24, 2) as fund_amount_vnd,
    copayment_amount_vnd::numeric(24, 2) as copayment_amount_vnd,
    own_amount_vnd::numeric(24, 2) as own_amount_vnd,
    transfer_professional_count,
    transfer_requested_count,
    (transfer_professional_count::numeric / encounter_count)::numeric(7, 6)
        as transfer_professional_rate,
    (transfer_requested_count::numeric / encounter_count)::numeric(7, 6)
        as transfer_requested_rate,
    death_count
from figures
