-- One row per facility, commune, atom of time and indicator that population give figures of, and
-- audience. Written by scripts/write_data_pages.py from the definitions of indicators.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key', 'atom_start_date', 'commune_key', 'indicator_code', 'audience']) }}",
) }}

with facts as (
    {{ population_rows() }}
),

touched as (
    select * from {{ ref('int_indicators__touched_facts') }}
),

figures as (
    select
        facts.facility_key,
        facts.atom_start_date,
        facts.commune_key,
        sum(population) as beds_per_10k_gso_denominator,
        sum(population) as beds_per_10k_who_denominator,
        sum(population) as dentists_per_10k_denominator,
        sum(population) as doctors_per_10k_denominator,
        sum(population) as doctors_per_10k_public_denominator,
        sum(population) as icu_beds_per_100k_denominator,
        sum(population) as inpatient_per_100_denominator,
        sum(population) as insurance_coverage_pct_denominator,
        sum(population) as nurses_per_10k_denominator,
        sum(population) as outpatient_per_capita_denominator,
        sum(population) as pharmacists_per_10k_denominator
    from facts
    where exists (select 1 from touched where touched.source_fact = 'population')
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
    'population' as source_fact,
    parts.indicator_code,
    parts.numerator::numeric(24, 4) as numerator,
    parts.denominator::numeric(24, 4) as denominator,
    parts.case_count::numeric(24, 4) as case_count,
    seen.audience
from seen
cross join lateral (
    values
        ('BEDS_PER_10K_GSO', null::numeric, beds_per_10k_gso_denominator, null::numeric),
        ('BEDS_PER_10K_WHO', null::numeric, beds_per_10k_who_denominator, null::numeric),
        ('DENTISTS_PER_10K', null::numeric, dentists_per_10k_denominator, null::numeric),
        ('DOCTORS_PER_10K', null::numeric, doctors_per_10k_denominator, null::numeric),
        ('DOCTORS_PER_10K_PUBLIC', null::numeric, doctors_per_10k_public_denominator, null::numeric),
        ('ICU_BEDS_PER_100K', null::numeric, icu_beds_per_100k_denominator, null::numeric),
        ('INPATIENT_PER_100', null::numeric, inpatient_per_100_denominator, null::numeric),
        ('INSURANCE_COVERAGE_PCT', null::numeric, insurance_coverage_pct_denominator, null::numeric),
        ('NURSES_PER_10K', null::numeric, nurses_per_10k_denominator, null::numeric),
        ('OUTPATIENT_PER_CAPITA', null::numeric, outpatient_per_capita_denominator, null::numeric),
        ('PHARMACISTS_PER_10K', null::numeric, pharmacists_per_10k_denominator, null::numeric)
) as parts (indicator_code, numerator, denominator, case_count)
where parts.numerator is not null or parts.denominator is not null
