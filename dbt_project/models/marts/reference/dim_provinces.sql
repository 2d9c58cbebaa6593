-- One row per province and stretch of time in which it is as it is, and one for the unknown one;
-- the same for every audience.
with touched as (
    select * from {{ ref('int_reference__touched_provinces') }}
),

provinces as (
    select * from {{ ref('stg_reference__provinces') }}
)

select
    touched.province_key,
    audiences.audience,
    coalesce(
        {{ reference_key('todays.province_code', 'todays.valid_from') }},
        {{ unknown_reference_key() }}
    ) as current_province_key,
    touched.province_code,
    coalesce(provinces.province_name, touched.province_code) as province_name,
    provinces.province_type,
    provinces.successor_province_code,
    provinces.province_code is not null as is_known,
    provinces.province_code is not null and provinces.valid_to is null as is_current,
    touched.valid_from,
    provinces.valid_to
from touched
cross join {{ audiences() }}
left join provinces
    on
        touched.province_code = provinces.province_code
        and touched.valid_from = provinces.valid_from
-- today: itself, or the province that it became a part of
left join provinces as todays
    on
        coalesce(provinces.successor_province_code, provinces.province_code)
        = todays.province_code
        and todays.valid_to is null
