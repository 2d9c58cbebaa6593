-- One row per province and stretch of time in which it is as it is, and one for the unknown one;
-- the same for every audience.
with recursive provinces as (
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
),

-- from merger to merger, to the province of today
lives as (
    select
        province_code,
        valid_from,
        province_code as later_code,
        valid_from as later_from,
        valid_to as later_to,
        successor_province_code as next_code
    from provinces
    union all
    select
        lives.province_code,
        lives.valid_from,
        later.province_code as later_code,
        later.valid_from as later_from,
        later.valid_to as later_to,
        later.successor_province_code as next_code
    from lives
    inner join provinces as later
        on
            lives.next_code = later.province_code
            and lives.later_to = later.valid_from
),

todays as (
    select
        province_code,
        valid_from,
        {{ reference_key('later_code', 'later_from') }} as province_key
    from lives
    where later_to is null
)

select
    members.province_key,
    audiences.audience,
    coalesce(todays.province_key, {{ unknown_reference_key() }}) as current_province_key,
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
left join todays
    on
        members.province_code = todays.province_code
        and members.valid_from = todays.valid_from
