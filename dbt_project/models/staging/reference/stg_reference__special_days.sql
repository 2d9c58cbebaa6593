-- One row per day off, or worked in exchange for one.
select
    day as date_key,
    kind = 'off' as is_off,
    name_vi as day_name_vi,
    name_en as day_name_en
from {{ source('ref', 'special_days') }}
