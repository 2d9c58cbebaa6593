-- One row per facility, commune, atom of time and indicator that stays give figures of,
-- and audience.
-- Written by scripts/write_data_pages.py from the definitions of indicators.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key', 'atom_start_date', 'commune_key', 'indicator_code', 'audience']) }}",
) }}

with facts as (
    {{ stays_rows() }}
),

figures as (
    select
        facts.facility_key,
        facts.atom_start_date,
        facts.commune_key,
        facts.audience,
        bool_or(facts.is_own) as has_own,
        count(*) filter (
            where facts.is_readmitted_unplanned
        ) as readmission_30d_pct_numerator,
        count(*) filter (
            where facts.is_index_stay
        ) as readmission_30d_pct_denominator
    from facts
    group by facts.facility_key, facts.atom_start_date, facts.commune_key, facts.audience
),

seen as (
    -- in a closed class: what something closed takes part in
    select figures.*
    from figures
    where figures.audience = 'open' or figures.has_own
)

select
    seen.facility_key,
    seen.atom_start_date,
    seen.commune_key,
    'stays' as source_fact,
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
            'READMISSION_30D_PCT',
            seen.readmission_30d_pct_numerator,
            seen.readmission_30d_pct_denominator,
            null::numeric
        )
    ) as parts (indicator_code, numerator, denominator, case_count)
where parts.numerator is not null or parts.denominator is not null
