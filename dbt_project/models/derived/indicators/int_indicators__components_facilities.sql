-- One row per facility, commune, atom of time and indicator that facilities give figures of, and
-- audience. Written by scripts/write_data_pages.py from the definitions of indicators.
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
        sum(beds_actual) filter (where beds_planned > 0) as beds_actual_planned_pct_numerator,
        sum(beds_planned) filter (where beds_planned > 0) as beds_actual_planned_pct_denominator,
        sum(beds_actual) filter (where facility_type not in ('commune_station', 'station_point', 'agency_station')) as beds_per_10k_gso_numerator,
        sum(beds_actual) filter (where facility_type like 'hospital%' or facility_type in ('maternity_home', 'regional_centre')) as beds_per_10k_who_numerator,
        sum(beds_icu) as icu_beds_per_100k_numerator,
        sum(beds_actual) filter (where ownership in ('private', 'private_foreign')) as private_bed_share_pct_numerator,
        sum(beds_actual) as private_bed_share_pct_denominator,
        count(*) filter (where ownership in ('private', 'private_foreign') and (facility_type like 'hospital%' or facility_type like 'clinic%')) as private_reporting_pct_denominator
    from facts
    where exists (select 1 from touched where touched.source_fact = 'facilities')
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
    'facilities' as source_fact,
    parts.indicator_code,
    parts.numerator::numeric(24, 4) as numerator,
    parts.denominator::numeric(24, 4) as denominator,
    parts.case_count::numeric(24, 4) as case_count,
    seen.audience
from seen
cross join lateral (
    values
        ('BEDS_ACTUAL_PLANNED_PCT', beds_actual_planned_pct_numerator, beds_actual_planned_pct_denominator, null::numeric),
        ('BEDS_PER_10K_GSO', beds_per_10k_gso_numerator, null::numeric, null::numeric),
        ('BEDS_PER_10K_WHO', beds_per_10k_who_numerator, null::numeric, null::numeric),
        ('ICU_BEDS_PER_100K', icu_beds_per_100k_numerator, null::numeric, null::numeric),
        ('PRIVATE_BED_SHARE_PCT', private_bed_share_pct_numerator, private_bed_share_pct_denominator, null::numeric),
        ('PRIVATE_REPORTING_PCT', null::numeric, private_reporting_pct_denominator, null::numeric)
) as parts (indicator_code, numerator, denominator, case_count)
where parts.numerator is not null or parts.denominator is not null
