-- One row per facility, commune, atom of time and indicator that departures give figures of,
-- and audience.
-- Written by scripts/write_data_pages.py from the definitions of indicators.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key', 'atom_start_date', 'commune_key', 'indicator_code', 'audience']) }}",
) }}

with facts as (
    {{ departures_rows() }}
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
            facts.is_main_place
            and facts.leave_reason in ('resigned', 'moved_private')
        ) as attrition_pct_numerator
    from facts
    where 'departures' in (select touched.source_fact from touched)
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
    'departures' as source_fact,
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
            'ATTRITION_PCT',
            seen.attrition_pct_numerator,
            null::numeric,
            null::numeric
        )
    ) as parts (indicator_code, numerator, denominator, case_count)
where parts.numerator is not null or parts.denominator is not null
