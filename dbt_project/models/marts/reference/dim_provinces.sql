-- One row per province and stretch of time in which it is as it is, and one for the unknown one;
-- the same for every audience.
with provinces as (
    select * from {{ ref('stg_reference__provinces') }}
),

members as (
    select
        {{ reference_key('province_code', 'valid_from') }} as province_key,
        province_code,
        valid_from
    from provinces
    union all
    select
        {{ unknown_reference_key() }} as province_key,
        '{{ var("unknown_code") }}' as province_code,
        date '{{ var("unknown_date") }}' as valid_from
)

select
    members.province_key,
    audiences.audience,
    coalesce(
        {{ reference_key('todays.province_code', 'todays.valid_from') }},
        {{ unknown_reference_key() }}
    ) as current_province_key,
    members.province_code,
    coalesce(provinces.province_name, members.province_code) as province_name,
    provinces.province_type,
    provinces.successor_province_code,
    provinces.province_code is not null as is_known,
    provinces.province_code is not null and provinces.valid_to is null as is_current,
    members.valid_from,
    provinces.valid_to
from members
cross join {{ audiences() }}
left join provinces
    on
        members.province_code = provinces.province_code
        and members.valid_from = provinces.valid_from
-- today: itself, or the province that it became a part of
left join provinces as todays
    on
        coalesce(provinces.successor_province_code, provinces.province_code)
        = todays.province_code
        and todays.valid_to is null
