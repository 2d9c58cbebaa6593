-- One row per diagnosis code that an encounter names, main or secondary, and audience. A code that
-- ICD-10 does not have keeps its row, in chapter (unknown); it has the name of its category, for
-- Vietnam divides many further.
with diagnoses as (
    select * from {{ affected_keys() }}
),

bridge as (
    select * from {{ ref('bridge_encounters_diagnoses') }}
),

names as (
    select * from {{ ref('stg_reference__diagnoses') }}
),

chapters as (
    select * from {{ ref('ref_icd10_chapters') }}
),

used as (
    select
        diagnoses.diagnosis_key,
        diagnoses.diagnosis_code,
        case
            when diagnoses.diagnosis_code ~ '^[A-Z][0-9][0-9A-Z]'
                then left(diagnoses.diagnosis_code, 3)
            else '{{ var("unknown_code") }}'
        end as category_code,
        audiences.audience
    from diagnoses
    cross join {{ audiences() }}
    -- a range in the order of the index makes it a search by key; as EXISTS the bridge was hashed
    cross join
        lateral (
            select bridge.audience
            from bridge
            where
                bridge.diagnosis_key = diagnoses.diagnosis_key
                and bridge.audience >= audiences.audience
            order by bridge.audience
            limit 1
        ) as named
    where named.audience = audiences.audience
)

select
    used.diagnosis_key,
    used.audience,
    used.diagnosis_code,
    used.category_code,
    coalesce(chapters.chapter_code, '{{ var("unknown_code") }}') as chapter_code,
    coalesce(chapters.chapter_name_vi, 'Không xác định') as chapter_name_vi,
    coalesce(chapters.chapter_name_en, 'Unknown') as chapter_name_en,
    coalesce(names.diagnosis_name_vi, categories.diagnosis_name_vi, 'Không xác định')
        as diagnosis_name_vi,
    coalesce(names.diagnosis_name_en, categories.diagnosis_name_en, 'Unknown')
        as diagnosis_name_en,
    coalesce(names.has_vietnamese_name, categories.has_vietnamese_name, true)
        as has_vietnamese_name,
    coalesce(categories.diagnosis_name_vi, 'Không xác định') as category_name_vi,
    coalesce(categories.diagnosis_name_en, 'Unknown') as category_name_en
from used
left join names on used.diagnosis_code = names.diagnosis_code
left join names as categories on used.category_code = categories.diagnosis_code
left join chapters
    -- "C" collation: codes compare letter by letter, digit before letter, on every server
    on
        (used.category_code collate "C") >= chapters.first_code  -- noqa: RF02
        and (used.category_code collate "C") <= chapters.last_code  -- noqa: RF02
