-- One row per commune and stretch of time in which it is as it is. New codes re-use old ones, so a
-- code means nothing without a date.
select
    commune_code,
    province_code,
    name as commune_name,
    kind as commune_type,
    valid_from,
    valid_to
from {{ source('ref', 'communes') }}
