-- Guards the affected keys: every person, diagnosis and facility that a changed encounter names is
-- assumed to be affected and so to have its row. Without it a foreign key would break at publish.
with encounters as (
    select encounters.*
    from {{ ref('int_claims__changed_dossiers') }} as dossiers
    inner join {{ ref('fct_encounters') }} as encounters
        on
            dossiers.facility_key = encounters.facility_key
            and dossiers.encounter_key = encounters.encounter_key
)

select encounters.encounter_key
from encounters
left join {{ ref('dim_persons') }} as persons
    on
        encounters.person_key = persons.person_key
        and encounters.audience = persons.audience
left join {{ ref('dim_diagnoses') }} as diagnoses
    on
        encounters.main_diagnosis_key = diagnoses.diagnosis_key
        and encounters.audience = diagnoses.audience
left join {{ ref('dim_facilities') }} as facilities
    on
        encounters.facility_key = facilities.facility_key
        and encounters.audience = facilities.audience
left join {{ ref('dim_communes') }} as communes
    on
        encounters.residence_commune_key = communes.commune_key
        and encounters.audience = communes.audience
left join {{ ref('dim_provinces') }} as provinces
    on
        encounters.residence_province_key = provinces.province_key
        and encounters.audience = provinces.audience
left join {{ ref('dim_dates') }} as arrival_dates
    on
        encounters.arrival_date = arrival_dates.date_key
        and encounters.audience = arrival_dates.audience
left join {{ ref('dim_dates') }} as discharge_dates
    on
        encounters.discharge_date = discharge_dates.date_key
        and encounters.audience = discharge_dates.audience
where
    persons.person_key is null
    or diagnoses.diagnosis_key is null
    or facilities.facility_key is null
    or communes.commune_key is null
    or provinces.province_key is null
    or arrival_dates.date_key is null
    or discharge_dates.date_key is null
