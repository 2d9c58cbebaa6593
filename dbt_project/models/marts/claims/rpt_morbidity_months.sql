-- One row per facility, month of end of care (local calendar), age group, sex, chapter of ICD-10 of
-- the main diagnosis and whether the dossiers are related to HIV; rows that are, are for those who
-- may see them.
with morbidity_months as (
    select * from {{ ref('int_claims__touched_morbidity_months') }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
),

diagnoses as (
    select * from {{ ref('dim_diagnoses') }}
)

select
    morbidity_months.facility_key,
    morbidity_months.month_start_date,
    morbidity_months.age_group,
    morbidity_months.sex_code,
    diagnoses.chapter_code,
    encounters.is_hiv_related,
    count(*)::integer as encounter_count,
    count(*) filter (where encounters.is_inpatient)::integer as inpatient_count,
    count(*) filter (where encounters.is_death)::integer as death_count,
    coalesce(sum(encounters.treatment_days), 0)::numeric(18, 3) as treatment_days,
    coalesce(sum(encounters.billed_amount_vnd), 0)::numeric(24, 2) as billed_amount_vnd
from morbidity_months
inner join encounters
    on
        morbidity_months.facility_key = encounters.facility_key
        and morbidity_months.month_start_date = encounters.month_start_date
        and morbidity_months.age_group = {{ age_group('encounters.age_years') }}
        and morbidity_months.sex_code = coalesce(encounters.sex_code, '{{ var("unknown_code") }}')
inner join diagnoses on encounters.main_diagnosis_key = diagnoses.diagnosis_key
group by 1, 2, 3, 4, 5, 6
