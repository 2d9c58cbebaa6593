-- One row per changed dossier that is closed, because something in it tells of a closed class: a
-- code, a drug, a service or a record (the list: seeds/ref_closed_codes.csv). A dossier that tells
-- of two classes belongs to the first. Whatever has to know which dossiers are closed asks here.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['file_id', 'position']) }}",
) }}

with versions as (
    select
        changed.file_id,
        changed.position,
        coalesce(headers.discharge_date, headers.arrival_date) as care_date,
        {{ searched_codes(
            "concat_ws(' ; ', headers.main_diagnosis_code, headers.secondary_diagnosis_codes, "
            ~ "headers.traditional_diagnosis_codes)"
        ) }} as diagnosis_codes,
        headers.eligibility_code
    from {{ ref('int_claims__changed_dossiers') }} as changed
    left join {{ ref('stg_claims__encounters') }} as headers
        on
            changed.file_id = headers.file_id
            and changed.position = headers.position
    where changed.file_id is not null
),

patterns as (
    select * from {{ ref('int_claims__closed_patterns') }}
),

drug_lines as (
    select * from {{ ref('stg_claims__drug_lines') }}
),

service_lines as (
    select * from {{ ref('stg_claims__service_lines') }}
),

-- the joins are made in each branch, so that each reads raw by its key
told as (
    select
        versions.file_id,
        versions.position,
        patterns.closed_class
    from versions
    inner join patterns
        on
            patterns.kind = 'icd' and versions.diagnosis_codes ~ patterns.pattern
            or patterns.kind = 'object' and versions.eligibility_code ~ patterns.pattern
    where {{ holds_on('patterns', 'versions.care_date') }}
    union distinct
    select
        versions.file_id,
        versions.position,
        patterns.closed_class
    from versions
    inner join drug_lines
        on
            versions.file_id = drug_lines.file_id
            and versions.position = drug_lines.position
    -- a trade name may stand for the drug, its ingredients in the strength
    inner join patterns
        on
            patterns.kind = 'drug'
            and {{ searched_text("concat_ws(' ', drug_lines.drug_name, drug_lines.strength)") }}
            ~* patterns.pattern
    where {{ holds_on('patterns', 'versions.care_date') }}
    union distinct
    select
        versions.file_id,
        versions.position,
        patterns.closed_class
    from versions
    inner join service_lines
        on
            versions.file_id = service_lines.file_id
            and versions.position = service_lines.position
    inner join patterns
        on
            patterns.kind = 'icd'
            and {{ searched_codes('service_lines.diagnosis_codes') }} ~ patterns.pattern
            or patterns.kind = 'service'
            and {{ searched_text('service_lines.service_name') }} ~* patterns.pattern
    where {{ holds_on('patterns', 'versions.care_date') }}
    union distinct
    select
        versions.file_id,
        versions.position,
        'hiv' as closed_class
    from versions
    inner join {{ ref('stg_claims__hiv_treatments') }} as treatments
        on
            versions.file_id = treatments.file_id
            and versions.position = treatments.position
    union distinct
    select
        versions.file_id,
        versions.position,
        'hiv' as closed_class
    from versions
    inner join {{ ref('stg_claims__tb_treatments') }} as treatments
        on
            versions.file_id = treatments.file_id
            and versions.position = treatments.position
    where
        treatments.hiv_status_code = '1'
        or treatments.hiv_confirmed_date is not null
        or treatments.first_arv_date is not null
)

select
    file_id,
    position,
    min(closed_class) as closed_class
from told
group by 1, 2
