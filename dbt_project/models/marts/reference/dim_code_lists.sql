-- One row per list, code and stretch of time in which it means what it means; the same for every
-- audience.
with codes as (
    select * from {{ ref('int_reference__code_lists') }}
),

dated as (
    select
        *,
        row_number() over (
            partition by code_list, code
            order by valid_from desc
        ) = 1 as is_latest
    from codes
)

select
    dated.code_list,
    dated.code,
    dated.valid_from,
    audiences.audience,
    dated.title_vi,
    dated.title_en,
    dated.has_vietnamese_title,
    dated.is_latest,
    dated.valid_to,
    dated.source,
    dated.confidence
from dated
cross join {{ audiences() }}
