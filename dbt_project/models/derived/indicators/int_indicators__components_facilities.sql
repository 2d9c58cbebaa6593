-- One row per facility, commune, atom of time and indicator that facilities give figures of,
-- and audience.
-- Written by scripts/write_data_pages.py from the definitions of indicators.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key', 'atom_start_date', 'commune_key', 'indicator_code', 'audience']) }}",
) }}

with facts as (
    {{ facilities_rows() }}
),

touched as (
    select * from {{ ref('int_indicators__touched_facts') }}
),

figures as (
    select
        facts.facility_key,
        facts.atom_start_date,
        facts.commune_key,
        sum(facts.beds_actual) filter (
            where facts.beds_planned > 0
        ) as beds_actual_planned_pct_numerator,
        sum(facts.beds_planned) filter (
            where facts.beds_planned > 0
        ) as beds_actual_planned_pct_denominator,
        sum(facts.beds_actual) filter (
            where facts.facility_type not in ('commune_station', 'station_point', 'agency_station')
        ) as beds_per_10k_gso_numerator,
        sum(facts.beds_actual) filter (
            where facts.facility_type like 'hospital%' or facts.facility_type in ('maternity_home', 'regional_centre')  -- noqa: LT05
        ) as beds_per_10k_who_numerator,
        sum(facts.beds_icu) as icu_beds_per_100k_numerator,
        sum(facts.beds_actual) filter (
            where facts.ownership in ('private', 'private_foreign')
        ) as private_bed_share_pct_numerator,
        sum(facts.beds_actual) as private_bed_share_pct_denominator,
        count(*) filter (
            where
            facts.ownership in ('private', 'private_foreign')
            and (facts.facility_type like 'hospital%' or facts.facility_type like 'clinic%')
        ) as private_reporting_pct_denominator
    from facts
    where 'facilities' in (select touched.source_fact from touched)
    group by facts.facility_key, facts.atom_start_date, facts.commune_key
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
    'facilities' as source_fact,
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
            'BEDS_ACTUAL_PLANNED_PCT',
            seen.beds_actual_planned_pct_numerator,
            seen.beds_actual_planned_pct_denominator,
            null::numeric
        ),
        (
            'BEDS_PER_10K_GSO',
            seen.beds_per_10k_gso_numerator,
            null::numeric,
            null::numeric
        ),
        (
            'BEDS_PER_10K_WHO',
            seen.beds_per_10k_who_numerator,
            null::numeric,
            null::numeric
        ),
        (
            'ICU_BEDS_PER_100K',
            seen.icu_beds_per_100k_numerator,
            null::numeric,
            null::numeric
        ),
        (
            'PRIVATE_BED_SHARE_PCT',
            seen.private_bed_share_pct_numerator,
            seen.private_bed_share_pct_denominator,
            null::numeric
        ),
        (
            'PRIVATE_REPORTING_PCT',
            null::numeric,
            seen.private_reporting_pct_denominator,
            null::numeric
        )
    ) as parts (indicator_code, numerator, denominator, case_count)
where parts.numerator is not null or parts.denominator is not null
