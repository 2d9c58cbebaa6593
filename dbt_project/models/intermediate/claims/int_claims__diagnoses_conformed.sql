-- One row per ICD-10 code of an accepted dossier version: the main diagnosis first, (unknown) when
-- it is missing, then the secondary ones in the order in which they stand first. A sender who puts
-- several codes into MA_BENH_CHINH, as of a double code (A39.0†G01*), names one main diagnosis and
-- secondary ones. What has not the form of a code is left out.
-- No WITH in a view: Postgres would not flatten it, and a join by key would read all of raw.
select
    lists.file_id,
    lists.position,
    {{ surrogate_key(['listed.diagnosis_code']) }} as diagnosis_key,
    listed.diagnosis_code,
    case when listed.diagnosis_order = 1 then 'main' else 'secondary' end as diagnosis_role,
    listed.diagnosis_order
from (
    select
        file_id,
        position,
        diagnosis_code || string_to_array(
            raw.icd_codes_only(concat_ws(';', main_diagnosis_code, secondary_diagnosis_codes)), ';'
        ) as codes
    from {{ ref('int_claims__encounters_conformed') }}
) as lists
cross join lateral (
    select
        named.code as diagnosis_code,
        min(named.place)::integer as diagnosis_order
    from unnest(lists.codes) with ordinality as named (code, place)
    group by named.code
) as listed
