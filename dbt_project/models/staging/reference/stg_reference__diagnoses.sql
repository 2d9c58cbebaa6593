-- One row per code of ICD-10, with its names. Where no Vietnamese one is at hand it is the English
-- one, and said so.
select
    code as diagnosis_code,
    title_en as diagnosis_name_en,
    valid_from,
    valid_to,
    source,
    coalesce(title_vi, title_en) as diagnosis_name_vi,
    title_vi is not null as has_vietnamese_name
from {{ source('ref', 'icd10_codes') }}
