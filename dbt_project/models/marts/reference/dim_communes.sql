-- One row per commune and stretch of time in which it is as it is, and one for the unknown one;
-- the same for every audience.
{{ config(indexes=[{'columns': ['commune_code']}]) }}

with recursive communes as (
    select * from {{ ref('stg_reference__communes') }}
),

members as (
    select
        {{ reference_key('commune_code', 'valid_from') }} as commune_key,
        commune_code,
        valid_from
    from communes
    union all
    select
        {{ unknown_reference_key() }} as commune_key,
        '{{ var("unknown_code") }}' as commune_code,
        date '{{ var("unknown_date") }}' as valid_from
),

provinces as (
    select * from {{ ref('stg_reference__provinces') }}
),

-- A commune that was divided has several successors, and no single one is right for its people; the
-- main part is the likeliest.
successors as (
    select
        old_commune_code,
        valid_from,
        min(new_commune_code) filter (where is_main) as new_commune_code,
        count(*) = 1 and bool_and(is_whole) as is_whole
    from {{ ref('stg_reference__commune_successors') }}
    group by old_commune_code, valid_from
),

-- from change to change, to the commune of today
lives as (
    select
        commune_code,
        valid_from,
        commune_code as later_code,
        valid_from as later_from,
        valid_to as later_to,
        true as is_whole
    from communes
    union all
    select
        lives.commune_code,
        lives.valid_from,
        later.commune_code as later_code,
        later.valid_from as later_from,
        later.valid_to as later_to,
        lives.is_whole and successors.is_whole as is_whole
    from lives
    inner join successors
        on
            lives.later_code = successors.old_commune_code
            and lives.later_to = successors.valid_from
    inner join communes as later
        on
            successors.new_commune_code = later.commune_code
            and successors.valid_from = later.valid_from
),

todays as (
    select
        commune_code,
        valid_from,
        is_whole,
        {{ reference_key('later_code', 'later_from') }} as commune_key
    from lives
    where later_to is null
),

located as (
    select
        members.*,
        communes.province_code,
        communes.commune_name,
        communes.commune_type,
        communes.valid_to,
        provinces.valid_from as province_valid_from,
        todays.commune_key as likely_commune_key,
        todays.is_whole
    from members
    left join communes
        on
            members.commune_code = communes.commune_code
            and members.valid_from = communes.valid_from
    left join provinces
        on
            communes.province_code = provinces.province_code
            and communes.valid_from >= provinces.valid_from
            and (communes.valid_from < provinces.valid_to or provinces.valid_to is null)
    left join todays
        on
            members.commune_code = todays.commune_code
            and members.valid_from = todays.valid_from
)

select
    located.commune_key,
    audiences.audience,
    coalesce(
        {{ reference_key('located.province_code', 'located.province_valid_from') }},
        {{ unknown_reference_key() }}
    ) as province_key,
    case
        when located.is_whole then located.likely_commune_key
        else {{ unknown_reference_key() }}
    end as current_commune_key,
    coalesce(located.likely_commune_key, {{ unknown_reference_key() }})
        as likely_current_commune_key,
    located.commune_code,
    coalesce(located.commune_name, located.commune_code) as commune_name,
    located.commune_type,
    located.province_code,
    located.commune_name is not null as is_known,
    located.commune_name is not null and located.valid_to is null as is_current,
    located.valid_from,
    located.valid_to
from located
cross join {{ audiences() }}
