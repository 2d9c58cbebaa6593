-- One row per accepted dossier version: the header with keys and with what the department derives
-- from it. Its main diagnosis is the first of MA_BENH_CHINH that has the form of a code. Lists of
-- codes: QĐ 4750 (care types, outcomes, discharge types).
-- No WITH in a view: Postgres would not flatten it, and a join by key would read all of raw.
select
    *,
    {{ age_group('age_years') }} as age_group
from (
    select
        *,
        {{ surrogate_key(['facility_id']) }} as facility_key,
        {{ surrogate_key(['diagnosis_code']) }} as main_diagnosis_key,
        date_trunc('month', discharge_date_key::timestamp)::date as month_start_date,
        {{ is_inpatient('care_type_code') }} as is_inpatient,
        -- 5 died, 8 died outside the hospital
        coalesce(outcome_code in ('5', '8'), false) as is_death,
        case
            when birth_date is not null and birth_date <= arrival_date
                then extract(year from age(arrival_date, birth_date))
            when birth_date is null and birth_year <= extract(year from arrival_date)
                -- only the year is known: the age reached in the year of arrival
                then extract(year from arrival_date) - birth_year
        end::integer as age_years
    from (
        select
            *,
            {{ calendar_date('arrival_date') }} as arrival_date_key,
            {{ calendar_date('discharge_date') }} as discharge_date_key,
            coalesce(
                nullif(split_part(raw.icd_codes_only(main_diagnosis_code), ';', 1), ''),
                '{{ var("unknown_code") }}'
            ) as diagnosis_code
        from {{ ref('stg_claims__encounters') }}
    ) as encounters
) as conformed
