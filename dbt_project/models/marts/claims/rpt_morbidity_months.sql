-- One row per facility, month of end of care (local calendar), age group, sex, chapter of ICD-10 of
-- the main diagnosis and audience.
with morbidity_months as (
    select * from {{ affected_keys() }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
),

diagnoses as (
    select * from {{ ref('dim_diagnoses') }}
),

-- of the documents of each audience alone
figures as (
    select
        morbidity_months.facility_key,
        morbidity_months.month_start_date,
        morbidity_months.age_group,
        morbidity_months.sex_code,
        diagnoses.chapter_code,
        encounters.audience,
        count(*) as encounter_count,
        count(*) filter (where encounters.is_inpatient) as inpatient_count,
        count(*) filter (where encounters.is_death) as death_count,
        sum(encounters.treatment_days) as treatment_days,
        sum(encounters.billed_amount_vnd) as billed_amount_vnd
    from morbidity_months
    inner join encounters
        on
            morbidity_months.facility_key = encounters.facility_key
            and morbidity_months.month_start_date = encounters.month_start_date
            and morbidity_months.age_group = {{ age_group('encounters.age_years') }}
            and morbidity_months.sex_code
            = coalesce(encounters.sex_code, '{{ var("unknown_code") }}')
    inner join diagnoses
        on
            encounters.main_diagnosis_key = diagnoses.diagnosis_key
            and encounters.audience = diagnoses.audience
    group by 1, 2, 3, 4, 5, 6
)

select
    figures.facility_key,
    figures.month_start_date,
    figures.age_group,
    figures.sex_code,
    figures.chapter_code,
    audiences.audience,
    sum(figures.encounter_count)::integer as encounter_count,
    sum(figures.inpatient_count)::integer as inpatient_count,
    sum(figures.death_count)::integer as death_count,
    coalesce(sum(figures.treatment_days), 0)::numeric(18, 3) as treatment_days,
    coalesce(sum(figures.billed_amount_vnd), 0)::numeric(24, 2) as billed_amount_vnd
from figures
inner join {{ audiences() }} on figures.audience = any(audiences.sees)
group by 1, 2, 3, 4, 5, 6
-- in a closed class: cells in which something is closed
having bool_or(figures.audience = audiences.audience)
