-- One row per facility, commune, atom of time and indicator that stations give figures of,
-- and audience.
-- Written by scripts/write_data_pages.py from the definitions of indicators.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key', 'atom_start_date', 'commune_key', 'indicator_code', 'audience']) }}",
) }}

with facts as (
    {{ stations_rows() }}
),

touched as (
    select * from {{ ref('int_indicators__touched_facts') }}
),

figures as (
    select
        facts.facility_key,
        facts.atom_start_date,
        facts.commune_key,
        count(*) filter (
            where
            facts.unit_kind = 'station'
            and facts.criteria_met
        ) as communes_criteria_pct_numerator,
        count(*) filter (
            where facts.unit_kind = 'station'
        ) as communes_criteria_pct_denominator,
        count(*) filter (
            where
            facts.unit_kind = 'station'
            and facts.doctors_total >= 4
        ) as stations_4_doctors_pct_numerator,
        count(*) filter (
            where facts.unit_kind = 'station'
        ) as stations_4_doctors_pct_denominator,
        count(*) filter (
            where
            facts.unit_kind = 'station'
            and facts.has_doctor
        ) as stations_with_doctor_pct_numerator,
        count(*) filter (
            where facts.unit_kind = 'station'
        ) as stations_with_doctor_pct_denominator,
        count(*) filter (
            where
            facts.unit_kind = 'station'
            and facts.midwives > 0
        ) as stations_with_midwife_pct_numerator,
        count(*) filter (
            where facts.unit_kind = 'station'
        ) as stations_with_midwife_pct_denominator
    from facts
    where 'stations' in (select touched.source_fact from touched)
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
    'stations' as source_fact,
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
            'COMMUNES_CRITERIA_PCT',
            seen.communes_criteria_pct_numerator,
            seen.communes_criteria_pct_denominator,
            null::numeric
        ),
        (
            'STATIONS_4_DOCTORS_PCT',
            seen.stations_4_doctors_pct_numerator,
            seen.stations_4_doctors_pct_denominator,
            null::numeric
        ),
        (
            'STATIONS_WITH_DOCTOR_PCT',
            seen.stations_with_doctor_pct_numerator,
            seen.stations_with_doctor_pct_denominator,
            null::numeric
        ),
        (
            'STATIONS_WITH_MIDWIFE_PCT',
            seen.stations_with_midwife_pct_numerator,
            seen.stations_with_midwife_pct_denominator,
            null::numeric
        )
    ) as parts (indicator_code, numerator, denominator, case_count)
where parts.numerator is not null or parts.denominator is not null
