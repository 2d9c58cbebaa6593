-- One row per facility, commune, atom of time and indicator that encounters give figures of,
-- and audience.
-- Written by scripts/write_data_pages.py from the definitions of indicators.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key', 'atom_start_date', 'commune_key', 'indicator_code', 'audience']) }}",
) }}

with facts as (
    {{ encounters_rows() }}
),

figures as (
    select
        facts.facility_key,
        facts.atom_start_date,
        facts.commune_key,
        facts.audience,
        sum(facts.treatment_days) filter (
            where facts.is_inpatient
        ) as alos_days_numerator,
        count(*) filter (
            where facts.is_inpatient
        ) as alos_days_denominator,
        count(*) filter (
            where
            facts.eligibility_code like '3%'
            and facts.professional_level in ('basic_lt50', 'basic_50_70', 'specialised')
        ) as bypass_pct_numerator,
        count(*) filter (
            where
            facts.eligibility_code <> '9'
            and facts.professional_level in ('basic_lt50', 'basic_50_70', 'specialised')
        ) as bypass_pct_denominator,
        count(*) filter (
            where facts.has_citizen_id
        ) as cccd_encounter_pct_numerator,
        count(*) as cccd_encounter_pct_denominator,
        sum(facts.billed_amount_vnd) filter (
            where facts.is_inpatient
        ) as cost_per_admission_numerator,
        count(*) filter (
            where facts.is_inpatient
        ) as cost_per_admission_denominator,
        sum(facts.billed_amount_vnd) filter (
            where not facts.is_inpatient
        ) as cost_per_visit_numerator,
        count(*) filter (
            where not facts.is_inpatient
        ) as cost_per_visit_denominator,
        count(*) filter (
            where
            facts.is_inpatient
            and facts.outcome_code = '5'
        ) as hospital_death_pct_numerator,
        count(*) filter (
            where facts.is_inpatient
        ) as hospital_death_pct_denominator,
        sum(coalesce(facts.own_amount_vnd, 0) + coalesce(facts.copayment_amount_vnd, 0)) filter (
            where facts.eligibility_code <> '9'
        ) as patient_pay_share_pct_numerator,
        sum(facts.billed_amount_vnd) filter (
            where facts.eligibility_code <> '9'
        ) as patient_pay_share_pct_denominator,
        count(*) filter (
            where facts.eligibility_code <> '9'
        ) as patient_pay_share_pct_case_count,
        count(*) filter (
            where
            not facts.is_inpatient
            and facts.eligibility_code <> '9'
            and facts.facility_type in ('commune_station', 'station_point')
        ) as station_insured_share_pct_numerator,
        count(*) filter (
            where
            not facts.is_inpatient
            and facts.eligibility_code <> '9'
        ) as station_insured_share_pct_denominator,
        count(*) filter (
            where facts.discharge_type_code in ('2', '5')
        ) as transfer_out_pct_numerator,
        count(*) as transfer_out_pct_denominator,
        count(*) filter (
            where facts.discharge_type_code = '5'
        ) as transfer_request_pct_numerator,
        count(*) as transfer_request_pct_denominator
    from facts
    group by facts.facility_key, facts.atom_start_date, facts.commune_key, facts.audience
),

seen as (
    select
        figures.facility_key,
        figures.atom_start_date,
        figures.commune_key,
        audiences.audience,
        sum(figures.alos_days_numerator) as alos_days_numerator,
        sum(figures.alos_days_denominator) as alos_days_denominator,
        sum(figures.bypass_pct_numerator) as bypass_pct_numerator,
        sum(figures.bypass_pct_denominator) as bypass_pct_denominator,
        sum(figures.cccd_encounter_pct_numerator) as cccd_encounter_pct_numerator,
        sum(figures.cccd_encounter_pct_denominator) as cccd_encounter_pct_denominator,
        sum(figures.cost_per_admission_numerator) as cost_per_admission_numerator,
        sum(figures.cost_per_admission_denominator) as cost_per_admission_denominator,
        sum(figures.cost_per_visit_numerator) as cost_per_visit_numerator,
        sum(figures.cost_per_visit_denominator) as cost_per_visit_denominator,
        sum(figures.hospital_death_pct_numerator) as hospital_death_pct_numerator,
        sum(figures.hospital_death_pct_denominator) as hospital_death_pct_denominator,
        sum(figures.patient_pay_share_pct_numerator) as patient_pay_share_pct_numerator,
        sum(figures.patient_pay_share_pct_denominator) as patient_pay_share_pct_denominator,
        sum(figures.patient_pay_share_pct_case_count) as patient_pay_share_pct_case_count,
        sum(figures.station_insured_share_pct_numerator) as station_insured_share_pct_numerator,
        sum(figures.station_insured_share_pct_denominator) as station_insured_share_pct_denominator,
        sum(figures.transfer_out_pct_numerator) as transfer_out_pct_numerator,
        sum(figures.transfer_out_pct_denominator) as transfer_out_pct_denominator,
        sum(figures.transfer_request_pct_numerator) as transfer_request_pct_numerator,
        sum(figures.transfer_request_pct_denominator) as transfer_request_pct_denominator
    from figures
    inner join {{ audiences() }} on figures.audience = any(audiences.sees)
    group by figures.facility_key, figures.atom_start_date, figures.commune_key, audiences.audience
    -- in a closed class: what something closed takes part in
    having bool_or(figures.audience = audiences.audience)
)

select
    seen.facility_key,
    seen.atom_start_date,
    seen.commune_key,
    'encounters' as source_fact,
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
            'ALOS_DAYS',
            coalesce(seen.alos_days_numerator, 0),
            seen.alos_days_denominator,
            null::numeric
        ),
        (
            'BYPASS_PCT',
            seen.bypass_pct_numerator,
            seen.bypass_pct_denominator,
            null::numeric
        ),
        (
            'CCCD_ENCOUNTER_PCT',
            seen.cccd_encounter_pct_numerator,
            seen.cccd_encounter_pct_denominator,
            null::numeric
        ),
        (
            'COST_PER_ADMISSION',
            coalesce(seen.cost_per_admission_numerator, 0),
            seen.cost_per_admission_denominator,
            null::numeric
        ),
        (
            'COST_PER_VISIT',
            coalesce(seen.cost_per_visit_numerator, 0),
            seen.cost_per_visit_denominator,
            null::numeric
        ),
        (
            'HOSPITAL_DEATH_PCT',
            seen.hospital_death_pct_numerator,
            seen.hospital_death_pct_denominator,
            null::numeric
        ),
        (
            'PATIENT_PAY_SHARE_PCT',
            coalesce(seen.patient_pay_share_pct_numerator, 0),
            coalesce(seen.patient_pay_share_pct_denominator, 0),
            seen.patient_pay_share_pct_case_count
        ),
        (
            'STATION_INSURED_SHARE_PCT',
            seen.station_insured_share_pct_numerator,
            seen.station_insured_share_pct_denominator,
            null::numeric
        ),
        (
            'TRANSFER_OUT_PCT',
            seen.transfer_out_pct_numerator,
            seen.transfer_out_pct_denominator,
            null::numeric
        ),
        (
            'TRANSFER_REQUEST_PCT',
            seen.transfer_request_pct_numerator,
            seen.transfer_request_pct_denominator,
            null::numeric
        )
    ) as parts (indicator_code, numerator, denominator, case_count)
where parts.numerator is not null or parts.denominator is not null
