-- One row per facility of the registry and period in which nothing of it changed.
-- No WITH in a view: Postgres would not flatten it.
select
    {{ surrogate_key(['facility_code']) }} as facility_key,
    facility_code,
    valid_from,
    valid_to,
    facility_name,
    facility_type,
    ownership,
    professional_level,
    province_code,
    commune_code,
    status,
    beds_planned,
    beds_registered,
    beds_actual,
    beds_icu
from {{ ref('int_facilities__periods') }}
where is_known
