-- One row per province and stretch of time in which it is as it is.
select
    province_code,
    name as province_name,
    kind as province_type,
    successor_code as successor_province_code,
    valid_from,
    valid_to
from {{ source('ref', 'provinces') }}
