-- One row per dossier with content: an episode of care at one facility.
{{ config(
    indexes=[{'columns': ['main_diagnosis_key']}],
    post_hook="{{ summed_by(
        ['facility_key', 'month_start_date'],
        ['main_diagnosis_key', 'sex_code', 'age_years', 'care_type_code', 'discharge_type_code',
         'outcome_code', 'is_inpatient', 'is_death', 'audience', 'treatment_days',
         'billed_bed_days', 'billed_amount_vnd', 'in_scope_amount_vnd', 'fund_amount_vnd', 'copayment_amount_vnd',
         'own_amount_vnd'],
    ) }}",
) }}

with versions as (
    select * from {{ ref('int_claims__affected_encounters') }}
),

periods as (
    select * from {{ ref('int_facilities__periods') }}
),

encounters as (
    select * from {{ ref('int_claims__encounters_conformed') }}
),

beds as (
    select
        versions.file_id,
        versions.position,
        sum(lines.quantity) as bed_days
    from versions
    inner join {{ ref('stg_claims__service_lines') }} as lines
        on
            versions.file_id = lines.file_id
            and versions.position = lines.position
    where {{ is_bed('lines.cost_group_code') }}
    group by versions.file_id, versions.position
),

identities as (
    select * from {{ ref('stg_claims__identities') }}
),

communes as (
    select * from {{ ref('dim_communes') }}
    where audience = 'open'
),

provinces as (
    select * from {{ ref('dim_provinces') }}
    where audience = 'open'
)

select
    encounters.facility_key,
    encounters.encounter_key,
    {{ facility_period_key(
        'encounters.facility_key',
        "coalesce(periods.valid_from, date '" ~ var('unknown_date') ~ "')",
    ) }} as facility_period_key,
    encounters.person_key,
    encounters.local_person_key,
    encounters.main_diagnosis_key,
    coalesce(communes.commune_key, {{ unknown_reference_key() }}) as residence_commune_key,
    coalesce(provinces.province_key, {{ unknown_reference_key() }}) as residence_province_key,
    encounters.referred_from_facility_id,
    encounters.referred_to_facility_id,
    encounters.diagnosis_code as main_diagnosis_code,
    {{ shown_codes('encounters.secondary_diagnosis_codes') }} as secondary_diagnosis_codes,
    {{ shown_codes('encounters.traditional_diagnosis_codes') }} as traditional_diagnosis_codes,
    encounters.care_type_code,
    encounters.eligibility_code,
    encounters.discharge_type_code,
    encounters.outcome_code,
    encounters.injury_cause_code,
    encounters.procedure_codes,
    encounters.living_area_code,
    encounters.registered_facility_id,
    identities.card_prefix,
    encounters.card_valid_from_date,
    encounters.card_valid_to_date,
    identities.identified_by,
    coalesce(identities.has_citizen_id, false) as has_citizen_id,
    encounters.department_codes,
    encounters.sex_code,
    encounters.age_years,
    encounters.treatment_days,
    coalesce(beds.bed_days, 0)::numeric(19, 3) as billed_bed_days,
    encounters.drug_amount_vnd,
    encounters.device_amount_vnd,
    encounters.billed_amount_vnd,
    encounters.in_scope_amount_vnd,
    encounters.fund_amount_vnd,
    encounters.fund_fee_for_service_amount_vnd,
    encounters.copayment_amount_vnd,
    encounters.own_amount_vnd,
    encounters.other_source_amount_vnd,
    encounters.is_inpatient,
    encounters.is_death,
    {{ is_bypass('encounters.eligibility_code') }} as is_bypass,
    versions.audience,
    encounters.arrival_date_key as arrival_date,
    encounters.discharge_date_key as discharge_date,
    encounters.month_start_date,
    encounters.settlement_month_start_date,
    encounters.arrived_at,
    encounters.admitted_at,
    encounters.discharged_at,
    encounters.paid_at
from versions
inner join encounters
    on
        versions.file_id = encounters.file_id
        and versions.position = encounters.position
left join identities
    on
        encounters.file_id = identities.file_id
        and encounters.position = identities.position
left join beds
    on
        encounters.file_id = beds.file_id
        and encounters.position = beds.position
-- codes of places mean what they meant on the day of arrival
left join communes
    on
        encounters.residence_commune_code = communes.commune_code
        and encounters.arrival_date >= communes.valid_from
        and (encounters.arrival_date < communes.valid_to or communes.valid_to is null)
left join provinces
    on
        encounters.residence_province_code = provinces.province_code
        and encounters.arrival_date >= provinces.valid_from
        and (encounters.arrival_date < provinces.valid_to or provinces.valid_to is null)
-- the registry says what the facility was on the day of arrival
left join periods
    on
        versions.facility_id = periods.facility_code
        and encounters.arrival_date_key >= periods.valid_from
        and (encounters.arrival_date_key < periods.valid_to or periods.valid_to is null)
