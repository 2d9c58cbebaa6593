-- One row per facility, month of end of care (local calendar), facility that patients were sent to,
-- levels of the two, way of discharge, department and audience.
with transfer_months as (
    select * from {{ ref('int_claims__affected_transfer_months') }}
),

transfers as (
    select * from {{ ref('fct_transfers') }}
),

-- of a transfer that a closed class knows otherwise, its own row counts there
counted as (
    select distinct on (transfers.facility_key, transfers.encounter_key, audiences.audience)
        transfers.*,
        audiences.audience as for_audience
    from transfer_months
    inner join transfers
        on
            transfer_months.facility_key = transfers.facility_key
            and transfer_months.month_start_date = transfers.month_start_date
    inner join {{ audiences() }} on transfers.audience = any(audiences.sees)
    order by
        transfers.facility_key asc,
        transfers.encounter_key asc,
        audiences.audience asc,
        transfers.audience = audiences.audience desc
)

select
    facility_key,
    month_start_date,
    coalesce(sent_to_facility_id, '{{ var("unknown_code") }}') as sent_to_facility_id,
    coalesce(from_level_code, '{{ var("unknown_code") }}') as from_level_code,
    coalesce(to_level_code, '{{ var("unknown_code") }}') as to_level_code,
    direction_code,
    coalesce(discharge_type_code, '{{ var("unknown_code") }}') as discharge_type_code,
    coalesce(department_code, '{{ var("unknown_code") }}') as department_code,
    for_audience as audience,
    sent_to_facility_key,
    count(*)::integer as transfer_count,
    count(*) filter (where is_arrival_matched)::integer as matched_count,
    count(*) filter (where has_referral_slip)::integer as slip_count,
    count(*) filter (where is_cross_province)::integer as cross_province_count,
    count(*) filter (where is_back_referral)::integer as back_referral_count
from counted
group by
    facility_key, month_start_date, sent_to_facility_id, sent_to_facility_key, from_level_code,
    to_level_code, direction_code, discharge_type_code, department_code, for_audience
-- in a closed class: cells in which something is closed
having bool_or(audience = for_audience)
