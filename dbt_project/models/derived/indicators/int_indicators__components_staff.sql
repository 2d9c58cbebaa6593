-- One row per facility, commune, atom of time and indicator that staff give figures of,
-- and audience.
-- Written by scripts/write_data_pages.py from the definitions of indicators.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key', 'atom_start_date', 'commune_key', 'indicator_code', 'audience']) }}",
) }}

with facts as (
    {{ staff_rows() }}
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
            where facts.is_main_place
        ) as attrition_pct_denominator,
        count(*) filter (
            where
            facts.occupation = 'doctor_dental'
            and facts.is_first_main_place
        ) as dentists_per_10k_numerator,
        count(*) filter (
            where
            facts.occupation like 'doctor%'
            and facts.is_first_main_place
        ) as doctors_per_10k_numerator,
        count(*) filter (
            where
            facts.occupation like 'doctor%'
            and facts.is_first_main_place
            and facts.ownership not in ('private', 'private_foreign', 'charity')
        ) as doctors_per_10k_public_numerator,
        count(*) filter (
            where
            facts.occupation like 'doctor%'
            and facts.is_main_place
            and facts.degree in ('prof', 'assoc_prof', 'phd', 'spec2', 'master', 'spec1', 'resident')  -- noqa: LT05
        ) as doctors_postgrad_pct_numerator,
        count(*) filter (
            where
            facts.occupation like 'doctor%'
            and facts.is_main_place
        ) as doctors_postgrad_pct_denominator,
        count(*) filter (
            where
            facts.title_code between '1' and '7'
            and facts.is_main_place
            and facts.is_licence_valid
            and facts.has_scope
        ) as licence_valid_pct_numerator,
        count(*) filter (
            where
            facts.title_code between '1' and '7'
            and facts.is_main_place
        ) as licence_valid_pct_denominator,
        count(*) filter (
            where
            facts.occupation = 'nurse'
            and facts.is_first_main_place
        ) as nurses_per_10k_numerator,
        count(*) filter (
            where
            facts.occupation in ('nurse', 'midwife')
            and facts.is_main_place
        ) as nurse_doctor_ratio_numerator,
        count(*) filter (
            where
            facts.occupation like 'doctor%'
            and facts.is_main_place
        ) as nurse_doctor_ratio_denominator,
        count(*) filter (
            where
            facts.occupation = 'pharmacist_univ'
            and facts.is_first_main_place
        ) as pharmacists_per_10k_numerator
    from facts
    where 'staff' in (select touched.source_fact from touched)
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
    'staff' as source_fact,
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
            null::numeric,
            seen.attrition_pct_denominator,
            null::numeric
        ),
        (
            'DENTISTS_PER_10K',
            seen.dentists_per_10k_numerator,
            null::numeric,
            null::numeric
        ),
        (
            'DOCTORS_PER_10K',
            seen.doctors_per_10k_numerator,
            null::numeric,
            null::numeric
        ),
        (
            'DOCTORS_PER_10K_PUBLIC',
            seen.doctors_per_10k_public_numerator,
            null::numeric,
            null::numeric
        ),
        (
            'DOCTORS_POSTGRAD_PCT',
            seen.doctors_postgrad_pct_numerator,
            seen.doctors_postgrad_pct_denominator,
            null::numeric
        ),
        (
            'LICENCE_VALID_PCT',
            seen.licence_valid_pct_numerator,
            seen.licence_valid_pct_denominator,
            null::numeric
        ),
        (
            'NURSES_PER_10K',
            seen.nurses_per_10k_numerator,
            null::numeric,
            null::numeric
        ),
        (
            'NURSE_DOCTOR_RATIO',
            seen.nurse_doctor_ratio_numerator,
            seen.nurse_doctor_ratio_denominator,
            null::numeric
        ),
        (
            'PHARMACISTS_PER_10K',
            seen.pharmacists_per_10k_numerator,
            null::numeric,
            null::numeric
        )
    ) as parts (indicator_code, numerator, denominator, case_count)
where parts.numerator is not null or parts.denominator is not null
