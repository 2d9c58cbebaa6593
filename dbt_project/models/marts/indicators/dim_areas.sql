-- One row per area of indicators other than a facility, which is in dim_facilities; the same for
-- every audience.
with provinces as (
    select * from {{ ref('dim_provinces') }}
),

communes as (
    select * from {{ ref('dim_communes') }}
),

codes as (
    select * from {{ ref('dim_code_lists') }}
),

areas as (
    select
        'P' as area_kind,
        province_key as area_key,
        audience,
        province_code as area_id,
        province_name as area_name_vi,
        province_name as area_name_en
    from provinces
    where is_current or not is_known
    union all
    select
        'C' as area_kind,
        commune_key as area_key,
        audience,
        commune_code as area_id,
        commune_name as area_name_vi,
        commune_name as area_name_en
    from communes
    where is_current or not is_known
    union all
    select
        case code_list when 'ownership' then 'O' else 'T' end as area_kind,
        {{ surrogate_key(['code_list', 'code']) }} as area_key,
        audience,
        code as area_id,
        title_vi as area_name_vi,
        title_en as area_name_en
    from codes
    where code_list in ('ownership', 'professional_level') and is_latest
)

select * from areas
