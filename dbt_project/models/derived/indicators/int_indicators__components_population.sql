-- One row per facility, commune, atom of time and indicator that population give figures of,
-- and audience.
-- Written by scripts/write_data_pages.py from the definitions of indicators.
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
        sum(facts.population) as beds_per_10k_gso_denominator,
        sum(facts.population) as beds_per_10k_who_denominator,
        sum(facts.population) as dentists_per_10k_denominator,
        sum(facts.population) as doctors_per_10k_denominator,
        sum(facts.population) as doctors_per_10k_public_denominator,
        sum(facts.population) as icu_beds_per_100k_denominator,
        sum(facts.population) as inpatient_per_100_denominator,
        sum(facts.population) as insurance_coverage_pct_denominator,
        sum(facts.population) as nurses_per_10k_denominator,
        sum(facts.population) as outpatient_per_capita_denominator,
        sum(facts.population) as pharmacists_per_10k_denominator
    from facts
    where 'population' in (select touched.source_fact from touched)
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
    'population' as source_fact,
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
            'BEDS_PER_10K_GSO',
            null::numeric,
            seen.beds_per_10k_gso_denominator,
            null::numeric
        ),
        (
            'BEDS_PER_10K_WHO',
            null::numeric,
            seen.beds_per_10k_who_denominator,
            null::numeric
        ),
        (
            'DENTISTS_PER_10K',
            null::numeric,
            seen.dentists_per_10k_denominator,
            null::numeric
        ),
        (
            'DOCTORS_PER_10K',
            null::numeric,
            seen.doctors_per_10k_denominator,
            null::numeric
        ),
        (
            'DOCTORS_PER_10K_PUBLIC',
            null::numeric,
            seen.doctors_per_10k_public_denominator,
            null::numeric
        ),
        (
            'ICU_BEDS_PER_100K',
            null::numeric,
            seen.icu_beds_per_100k_denominator,
            null::numeric
        ),
        (
            'INPATIENT_PER_100',
            null::numeric,
            seen.inpatient_per_100_denominator,
            null::numeric
        ),
        (
            'INSURANCE_COVERAGE_PCT',
            null::numeric,
            seen.insurance_coverage_pct_denominator,
            null::numeric
        ),
        (
            'NURSES_PER_10K',
            null::numeric,
            seen.nurses_per_10k_denominator,
            null::numeric
        ),
        (
            'OUTPATIENT_PER_CAPITA',
            null::numeric,
            seen.outpatient_per_capita_denominator,
            null::numeric
        ),
        (
            'PHARMACISTS_PER_10K',
            null::numeric,
            seen.pharmacists_per_10k_denominator,
            null::numeric
        )
    ) as parts (indicator_code, numerator, denominator, case_count)
where parts.numerator is not null or parts.denominator is not null
