-- One row per code of a short list and stretch of time in which it means what it means.
select
    code_system as code_list,
    code,
    title_vi,
    title_en,
    valid_from,
    valid_to,
    source,
    confidence
from {{ source('ref', 'code_lists') }}
