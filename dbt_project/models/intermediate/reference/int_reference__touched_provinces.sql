-- One row per province, stretch of time, whose row may have changed in this build: all of them in a
-- full build, none otherwise, for other reference lists force a full build. The first row is the
-- unknown province.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['province_key']) }}",
) }}

with builds as (
    select is_full from {{ source('ops', 'builds') }}
    where build_id = {{ build_id() }}
),

provinces as (
    select
        {{ reference_key('province_code', 'valid_from') }} as province_key,
        province_code,
        valid_from
    from {{ ref('stg_reference__provinces') }}
    union all
    select
        {{ unknown_reference_key() }} as province_key,
        '{{ var("unknown_code") }}' as province_code,
        date '{{ var("unknown_date") }}' as valid_from
)

select provinces.*
from provinces
cross join builds
where builds.is_full
