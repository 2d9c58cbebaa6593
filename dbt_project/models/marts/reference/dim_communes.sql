-- One row per commune and stretch of time in which it is as it is, and one for the unknown one;
-- the same for every audience.
{{ config(indexes=[{'columns': ['commune_code']}]) }}

with communes as (
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

-- a commune that was divided has several successors, and no single one is right for its people
successors as (
    select
        old_commune_code,
        min(new_commune_code) as new_commune_code
    from {{ ref('stg_reference__commune_successors') }}
    group by old_commune_code
    having count(*) = 1 and bool_and(is_whole)
),

located as (
    select
        members.*,
        communes.province_code,
        communes.commune_name,
        communes.commune_type,
        communes.valid_to,
        provinces.valid_from as province_valid_from,
        case
            when communes.valid_to is null then communes.commune_code
            else successors.new_commune_code
        end as current_commune_code
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
    left join successors
        on
            communes.commune_code = successors.old_commune_code
            and communes.valid_to is not null
)

select
    located.commune_key,
    audiences.audience,
    coalesce(
        {{ reference_key('located.province_code', 'located.province_valid_from') }},
        {{ unknown_reference_key() }}
    ) as province_key,
    coalesce(
        {{ reference_key('todays.commune_code', 'todays.valid_from') }},
        {{ unknown_reference_key() }}
    ) as current_commune_key,
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
left join communes as todays
    on
        located.current_commune_code = todays.commune_code
        and todays.valid_to is null
