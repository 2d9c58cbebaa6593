-- One row per list, code and stretch of time in which it means what it means: the short lists of
-- the standard, ICD-10 with its chapters, and in every list the unknown code.
-- No WITH in a view: Postgres would not flatten it.
select
    code_list,
    code,
    title_vi,
    title_en,
    true as has_vietnamese_title,
    valid_from,
    valid_to,
    source,
    confidence
from {{ ref('stg_reference__code_lists') }}
union all
select
    'ICD10' as code_list,
    diagnosis_code as code,
    diagnosis_name_vi as title_vi,
    diagnosis_name_en as title_en,
    has_vietnamese_name as has_vietnamese_title,
    valid_from,
    valid_to,
    source,
    'H' as confidence
from {{ ref('stg_reference__diagnoses') }}
union all
select
    'ICD10_CHAPTER' as code_list,
    chapter_code as code,
    chapter_name_vi as title_vi,
    chapter_name_en as title_en,
    true as has_vietnamese_title,
    date '1900-01-01' as valid_from,
    null::date as valid_to,
    'WHO ICD-10 2019' as source,  -- noqa: RF04
    'H' as confidence
from {{ ref('ref_icd10_chapters') }}
union all
select
    lists.code_list,
    '{{ var("unknown_code") }}' as code,
    'Không xác định' as title_vi,
    'Unknown' as title_en,
    true as has_vietnamese_title,
    date '1900-01-01' as valid_from,
    null::date as valid_to,
    'this warehouse' as source,  -- noqa: RF04
    'H' as confidence
from (
    select code_list from {{ ref('stg_reference__code_lists') }}
    union distinct
    select unnest(array['ICD10', 'ICD10_CHAPTER']) as code_list
) as lists
