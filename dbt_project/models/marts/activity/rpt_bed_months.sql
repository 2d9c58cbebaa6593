-- One row per calendar month, facility with stays in beds or a monthly report, and audience: beds
-- by the registry on the last day of the month, else by the report, and days in them by claims.
-- Days by the report hold those of closed dossiers, so that only a class has them.
{{ config(indexes=[{'columns': ['facility_key']}]) }}

with affected as (
    select * from {{ ref('int_activity__affected_months') }}
),

stays as (
    select * from {{ ref('int_claims__bed_months') }}
),

reports as (
    select * from {{ ref('int_activity__reported_months') }}
),

periods as (
    select * from {{ ref('int_facilities__periods') }}
),

claimed as (
    select
        stays.facility_key,
        stays.month_start_date,
        audiences.audience,
        min(stays.facility_id) as facility_id,
        sum(stays.inpatient_count)::integer as inpatient_count,
        sum(stays.inpatient_days)::integer as claimed_inpatient_days,
        bool_or(stays.audience = audiences.audience) as is_own
    from affected
    inner join stays on affected.month_start_date = stays.month_start_date
    inner join {{ audiences() }} on stays.audience = any(audiences.sees)
    group by stays.facility_key, stays.month_start_date, audiences.audience
),

reported as (
    select
        reports.*,
        audiences.audience
    from affected
    inner join reports on affected.month_start_date = reports.month_start_date
    cross join {{ audiences() }}
),

months as (
    select
        coalesce(claimed.facility_key, reported.facility_key) as facility_key,
        coalesce(claimed.month_start_date, reported.month_start_date) as month_start_date,
        coalesce(claimed.audience, reported.audience) as audience,
        coalesce(claimed.facility_id, reported.facility_code) as facility_id,
        (
            coalesce(claimed.month_start_date, reported.month_start_date)
            + interval '1 month - 1 day'
        )::date as last_date,
        coalesce(claimed.inpatient_count, 0) as inpatient_count,
        coalesce(claimed.claimed_inpatient_days, 0) as claimed_inpatient_days,
        reported.beds_planned,
        reported.beds_actual,
        reported.bed_days,
        reported.facility_key is not null as has_report
    from claimed
    full outer join reported
        on
            claimed.facility_key = reported.facility_key
            and claimed.month_start_date = reported.month_start_date
            and claimed.audience = reported.audience
    -- in a closed class: months in which something is closed, or that a report tells of
    where claimed.is_own or reported.facility_key is not null
)

select
    months.month_start_date,
    months.facility_key,
    months.audience,
    months.facility_id,
    months.inpatient_count,
    months.claimed_inpatient_days,
    case when months.audience <> 'open' then months.bed_days::integer end
        as reported_inpatient_days,
    coalesce(periods.beds_planned, months.beds_planned)::integer as planned_bed_count,
    coalesce(periods.beds_actual, months.beds_actual)::integer as actual_bed_count,
    (
        coalesce(periods.beds_planned, months.beds_planned)
        * extract(day from months.last_date)
    )::integer as planned_capacity_days,
    (
        coalesce(periods.beds_actual, months.beds_actual)
        * extract(day from months.last_date)
    )::integer as actual_capacity_days,
    months.has_report
from months
left join periods
    on
        periods.is_known
        and {{ is_period_of('periods', 'months.facility_id', 'months.last_date') }}
