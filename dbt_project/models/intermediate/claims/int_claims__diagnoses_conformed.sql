-- One row per ICD-10 code of an accepted dossier version: the main diagnosis first, (unknown) when
-- it is missing, then the secondary ones as they stand in the list. Empty places of the list are
-- left out, their numbers too.
-- No WITH in a view: Postgres would not flatten it, and a join by key would read all of raw.
select
    file_id,
    position,
    {{ surrogate_key(['diagnosis_code']) }} as diagnosis_key,
    diagnosis_code,
    case when diagnosis_order = 1 then 'main' else 'secondary' end as diagnosis_role,
    diagnosis_order
from (
    select
        lists.file_id,
        lists.position,
        trim(listed.code) as diagnosis_code,
        listed.place::integer as diagnosis_order
    from (
        select
            file_id,
            position,
            diagnosis_code || string_to_array(secondary_diagnosis_codes, ';') as codes
        from {{ ref('int_claims__encounters_conformed') }}
    ) as lists
    cross join unnest(lists.codes) with ordinality as listed (code, place)
    where trim(listed.code) <> ''
) as diagnoses
