-- One row per facility of the registry and period in which nothing of it changed.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key', 'valid_from']) }}",
) }}

select
    {{ surrogate_key(['facility_code']) }} as facility_key,
    facility_code,
    valid_from,
    valid_to,
    facility_name,
    lower(facility_type) as facility_type,
    lower(ownership) as ownership,  -- noqa: RF04
    lower(professional_level) as professional_level,
    province_code,
    commune_code,
    lower(status) as status,
    beds_planned,
    beds_registered,
    beds_actual,
    beds_icu
from {{ ref('int_facilities__periods') }}
where is_known
