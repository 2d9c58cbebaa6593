-- One row per calendar month, facility with a monthly report, figure that claims and report both
-- tell, and audience. The report holds what closed dossiers tell, so that its value, and the gap,
-- are for a class: beside open claims the gap would count closed cases.
{{ config(indexes=[{'columns': ['facility_key']}]) }}

with affected as (
    select * from {{ ref('int_activity__affected_months') }}
),

reports as (
    select * from {{ ref('int_activity__reported_months') }}
),

visits as (
    select * from {{ ref('int_claims__visit_months') }}
),

stays as (
    select
        bed_months.facility_key,
        bed_months.month_start_date,
        audiences.audience,
        sum(bed_months.insured_inpatient_count)::integer as insured_inpatient_count,
        sum(bed_months.inpatient_count)::integer as inpatient_count,
        sum(bed_months.inpatient_days)::integer as inpatient_days,
        sum(bed_months.discharge_count)::integer as discharge_count,
        sum(bed_months.inpatient_death_count)::integer as inpatient_death_count,
        sum(bed_months.inpatient_transfer_count)::integer as inpatient_transfer_count
    from affected
    inner join {{ ref('int_claims__bed_months') }} as bed_months
        on affected.month_start_date = bed_months.month_start_date
    inner join {{ audiences() }} on bed_months.audience = any(audiences.sees)
    group by bed_months.facility_key, bed_months.month_start_date, audiences.audience
),

figures as (
    select
        reports.month_start_date,
        reports.facility_key,
        reports.facility_code as facility_id,
        visits.audience,
        told.figure_code,
        coalesce(told.claims_count, 0)::integer as claims_count,
        told.report_count::integer as report_count,
        told.is_comparable,
        coalesce(visits.visit_count, 0) + coalesce(stays.inpatient_count, 0) > 0 as has_claims
    from affected
    inner join reports on affected.month_start_date = reports.month_start_date
    -- a report that came while this was built is compared by the next one
    inner join visits
        on
            reports.facility_key = visits.facility_key
            and reports.month_start_date = visits.month_start_date
    left join stays
        on
            visits.facility_key = stays.facility_key
            and visits.month_start_date = stays.month_start_date
            and visits.audience = stays.audience
    cross join
        lateral (
            values
            ('insured_visits', visits.insured_visit_count, reports.visits_insured, true),
            ('insured_inpatients', stays.insured_inpatient_count, reports.inpatients_insured, true),
            (
                'inpatient_days',
                stays.inpatient_days,
                reports.bed_days,
                not reports.has_inpatients_self_pay
            ),
            (
                'discharges', stays.discharge_count, reports.discharges,
                not reports.has_inpatients_self_pay
            ),
            (
                'inpatient_deaths', stays.inpatient_death_count, reports.deaths_inpatient,
                not reports.has_inpatients_self_pay
            ),
            (
                'transfers',
                visits.transfer_count + coalesce(stays.inpatient_transfer_count, 0),
                reports.transfers_out_exam + reports.transfers_out_inpatient,
                not reports.has_inpatients_self_pay and not reports.has_visits_self_pay
            )
        ) as told (figure_code, claims_count, report_count, is_comparable)
    where told.report_count is not null
)

select
    month_start_date,
    facility_key,
    figure_code,
    audience,
    facility_id,
    claims_count,
    case when audience <> 'open' then report_count end as report_count,
    case when audience <> 'open' then claims_count - report_count end as gap_count,
    case when audience <> 'open' then greatest(claims_count, report_count) end as larger_count,
    is_comparable,
    has_claims
from figures
