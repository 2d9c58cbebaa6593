-- One row per changed dossier that has content: the version that holds it, and whether anything in
-- it says that the patient lives with HIV. Every row of a fact carries that flag of its dossier, so
-- that who may not see one sees none, and no sum over the rest gives it away.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key', 'encounter_key']) }}",
) }}

with versions as (
    select * from {{ ref('int_claims__changed_dossiers') }}
    where file_id is not null
),

hiv_drugs as (
    select string_agg(name_part, '|') as pattern from {{ ref('ref_hiv_drugs') }}
),

hiv_versions as (
    select
        sent.file_id,
        sent.position
    from versions
    inner join {{ ref('stg_claims__encounters') }} as sent
        on
            versions.file_id = sent.file_id
            and versions.position = sent.position
    where
        {{ names_hiv('sent.main_diagnosis_code') }}
        or {{ names_hiv('sent.secondary_diagnosis_codes') }}
        or {{ names_hiv('upper(sent.traditional_diagnosis_codes)') }}
        -- until 2025: who is treated for HIV or AIDS (QĐ 824/QĐ-BYT, MA_DOITUONG_KCB)
        or sent.eligibility_code = '1.9'
    union distinct
    select
        sent.file_id,
        sent.position
    from versions
    inner join {{ ref('stg_claims__drug_lines') }} as sent
        on
            versions.file_id = sent.file_id
            and versions.position = sent.position
    -- a trade name may stand for the drug, its ingredients in the strength
    where
        concat_ws(' ', sent.drug_name, sent.strength) ~* (select hiv_drugs.pattern from hiv_drugs)
    union distinct
    select
        sent.file_id,
        sent.position
    from versions
    inner join {{ ref('stg_claims__service_lines') }} as sent
        on
            versions.file_id = sent.file_id
            and versions.position = sent.position
    where
        {{ names_hiv('sent.diagnosis_codes') }}
        or {{ follows_hiv('sent.service_name') }}
    union distinct
    select
        sent.file_id,
        sent.position
    from versions
    inner join {{ ref('stg_claims__hiv_treatments') }} as sent
        on
            versions.file_id = sent.file_id
            and versions.position = sent.position
    union distinct
    select
        sent.file_id,
        sent.position
    from versions
    inner join {{ ref('stg_claims__tb_treatments') }} as sent
        on
            versions.file_id = sent.file_id
            and versions.position = sent.position
    where
        sent.hiv_status_code = '1'
        or sent.hiv_confirmed_date is not null
        or sent.first_arv_date is not null
)

select
    versions.*,
    hiv_versions.file_id is not null as is_hiv_related
from versions
left join hiv_versions
    on
        versions.file_id = hiv_versions.file_id
        and versions.position = hiv_versions.position
