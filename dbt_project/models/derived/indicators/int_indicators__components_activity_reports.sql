-- One row per facility, commune, atom of time and indicator that activity_reports give figures of,
-- and audience.
-- Written by scripts/write_data_pages.py from the definitions of indicators.
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
        sum(facts.bed_days) filter (
            where facts.beds_actual > 0
        ) as bed_occupancy_actual_pct_numerator,
        sum(facts.beds_actual * facts.days_in_month) filter (
            where facts.beds_actual > 0
        ) as bed_occupancy_actual_pct_denominator,
        sum(facts.bed_days) filter (
            where facts.beds_planned > 0
        ) as bed_occupancy_planned_pct_numerator,
        sum(facts.beds_planned * facts.days_in_month) filter (
            where facts.beds_planned > 0
        ) as bed_occupancy_planned_pct_denominator,
        sum(facts.admissions) as inpatient_per_100_numerator,
        sum(facts.visits_insured) filter (
            where facts.visits_total is not null
        ) as insured_visit_pct_numerator,
        sum(facts.visits_total) filter (
            where facts.visits_insured is not null
        ) as insured_visit_pct_denominator,
        sum(facts.visits_total) as outpatient_per_capita_numerator,
        count(*) filter (
            where
            facts.ownership in ('private', 'private_foreign')
            and (facts.facility_type like 'hospital%' or facts.facility_type like 'clinic%')
        ) as private_reporting_pct_numerator
    from facts
    where 'activity_reports' in (select touched.source_fact from touched)
    group by facts.facility_key, facts.atom_start_date, facts.commune_key
),

seen as (
    select
        figures.*,
        audiences.audience
    from figures
    cross join {{ audiences() }}
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
cross join
    lateral (
        values
        (
            'BED_OCCUPANCY_ACTUAL_PCT',
            seen.bed_occupancy_actual_pct_numerator,
            seen.bed_occupancy_actual_pct_denominator,
            null::numeric,
            true
        ),
        (
            'BED_OCCUPANCY_PLANNED_PCT',
            seen.bed_occupancy_planned_pct_numerator,
            seen.bed_occupancy_planned_pct_denominator,
            null::numeric,
            true
        ),
        (
            'INPATIENT_PER_100',
            seen.inpatient_per_100_numerator,
            null::numeric,
            null::numeric,
            true
        ),
        (
            'INSURED_VISIT_PCT',
            seen.insured_visit_pct_numerator,
            seen.insured_visit_pct_denominator,
            null::numeric,
            true
        ),
        (
            'OUTPATIENT_PER_CAPITA',
            seen.outpatient_per_capita_numerator,
            null::numeric,
            null::numeric,
            true
        ),
        (
            'PRIVATE_REPORTING_PCT',
            seen.private_reporting_pct_numerator,
            null::numeric,
            null::numeric,
            false
        )
    ) as parts (indicator_code, numerator, denominator, case_count, is_closed)
where
    (seen.audience <> 'open') = parts.is_closed
    and (parts.numerator is not null or parts.denominator is not null)
