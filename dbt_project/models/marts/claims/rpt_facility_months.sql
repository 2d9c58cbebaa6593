-- One row per facility and month of end of care (local calendar) with an encounter, and audience.
with facility_months as (
    select * from {{ affected_keys() }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
),

periods as (
    select * from {{ ref('int_facilities__periods') }}
),

-- of the documents of each audience alone
figures as (
    select
        facility_months.facility_key,
        facility_months.month_start_date,
        facility_months.facility_id,
        encounters.audience,
        count(*) as encounter_count,
        count(*) filter (where encounters.is_inpatient) as inpatient_count,
        -- 2: transferred for a professional reason, 5: on the patient's request
        count(*) filter (where encounters.discharge_type_code = '2') as transfer_professional_count,
        count(*) filter (where encounters.discharge_type_code = '5') as transfer_requested_count,
        count(*) filter (where encounters.is_death) as death_count,
        sum(encounters.treatment_days) filter (where encounters.is_inpatient)
            as inpatient_treatment_days,
        sum(encounters.billed_bed_days) filter (where encounters.is_inpatient)
            as inpatient_billed_bed_days,
        sum(encounters.billed_amount_vnd) as billed_amount_vnd,
        sum(encounters.in_scope_amount_vnd) as in_scope_amount_vnd,
        sum(encounters.fund_amount_vnd) as fund_amount_vnd,
        sum(encounters.copayment_amount_vnd) as copayment_amount_vnd,
        sum(encounters.own_amount_vnd) as own_amount_vnd
    from facility_months
    inner join encounters
        on
            facility_months.facility_key = encounters.facility_key
            and facility_months.month_start_date = encounters.month_start_date
    group by 1, 2, 3, 4
)

select
    figures.facility_key,
    figures.month_start_date,
    audiences.audience,
    {{ facility_period_key(
        'figures.facility_key',
        "coalesce(periods.valid_from, date '" ~ var('unknown_date') ~ "')",
    ) }} as facility_period_key,
    figures.facility_id,
    sum(figures.encounter_count)::integer as encounter_count,
    sum(figures.inpatient_count)::integer as inpatient_count,
    coalesce(sum(figures.inpatient_treatment_days), 0)::numeric(18, 3) as inpatient_treatment_days,
    coalesce(sum(figures.inpatient_billed_bed_days), 0)::numeric(24, 3)
        as inpatient_billed_bed_days,
    coalesce(sum(figures.billed_amount_vnd), 0)::numeric(24, 2) as billed_amount_vnd,
    coalesce(sum(figures.in_scope_amount_vnd), 0)::numeric(24, 2) as in_scope_amount_vnd,
    coalesce(sum(figures.fund_amount_vnd), 0)::numeric(24, 2) as fund_amount_vnd,
    coalesce(sum(figures.copayment_amount_vnd), 0)::numeric(24, 2) as copayment_amount_vnd,
    coalesce(sum(figures.own_amount_vnd), 0)::numeric(24, 2) as own_amount_vnd,
    sum(figures.transfer_professional_count)::integer as transfer_professional_count,
    sum(figures.transfer_requested_count)::integer as transfer_requested_count,
    sum(figures.death_count)::integer as death_count
from figures
inner join {{ audiences() }} on figures.audience = any(audiences.sees)
-- the registry says what the facility was on the last day of the month
left join periods
    on
        figures.facility_id = periods.facility_code
        and {{ month_end('figures.month_start_date') }} >= periods.valid_from
        and (
            periods.valid_to is null
            or periods.valid_to > {{ month_end('figures.month_start_date') }}
        )
group by 1, 2, 3, 4, 5
-- in a closed class: months in which something is closed
having bool_or(figures.audience = audiences.audience)
