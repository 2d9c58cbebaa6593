-- One row per facility, commune, atom of time and indicator that activity_reports give figures of, and
-- audience. Written by scripts/write_data_pages.py from the definitions of indicators.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key', 'atom_start_date', 'commune_key', 'indicator_code', 'audience']) }}",
) }}

with facts as (
    {{ activity_reports_rows() }}
),

touched as (
    select * from {{ ref('int_indicators__touched_facts') }}
),

figures as (
    select
        facts.facility_key,
        facts.atom_start_date,
        facts.commune_key,
        sum(bed_days) filter (where beds_actual > 0) as bed_occupancy_actual_pct_numerator,
        sum(beds_actual * days_in_month) filter (where beds_actual > 0) as bed_occupancy_actual_pct_denominator,
        sum(bed_days) filter (where beds_planned > 0) as bed_occupancy_planned_pct_numerator,
        sum(beds_planned * days_in_month) filter (where beds_planned > 0) as bed_occupancy_planned_pct_denominator,
        sum(admissions) as inpatient_per_100_numerator,
        sum(visits_insured) as insured_visit_pct_numerator,
        sum(visits_total) as insured_visit_pct_denominator,
        sum(visits_total) as outpatient_per_capita_numerator,
        count(*) filter (where ownership in ('private', 'private_foreign') and (facility_type like 'hospital%' or facility_type like 'clinic%')) as private_reporting_pct_numerator
    from facts
    where exists (select 1 from touched where touched.source_fact = 'activity_reports')
    group by 1, 2, 3
),

seen as (
    -- nothing of a list is closed
    select
        figures.*,
        'open' as audience
    from figures
)

select
    seen.facility_key,
    seen.atom_start_date,
    seen.commune_key,
    'activity_reports' as source_fact,
    parts.indicator_code,
    parts.numerator::numeric(24, 4) as numerator,
    parts.denominator::numeric(24, 4) as denominator,
    parts.case_count::numeric(24, 4) as case_count,
    seen.audience
from seen
cross join lateral (
    values
        ('BED_OCCUPANCY_ACTUAL_PCT', bed_occupancy_actual_pct_numerator, bed_occupancy_actual_pct_denominator, null::numeric),
        ('BED_OCCUPANCY_PLANNED_PCT', bed_occupancy_planned_pct_numerator, bed_occupancy_planned_pct_denominator, null::numeric),
        ('INPATIENT_PER_100', inpatient_per_100_numerator, null::numeric, null::numeric),
        ('INSURED_VISIT_PCT', insured_visit_pct_numerator, insured_visit_pct_denominator, null::numeric),
        ('OUTPATIENT_PER_CAPITA', outpatient_per_capita_numerator, null::numeric, null::numeric),
        ('PRIVATE_REPORTING_PCT', private_reporting_pct_numerator, null::numeric, null::numeric)
) as parts (indicator_code, numerator, denominator, case_count)
where parts.numerator is not null or parts.denominator is not null
