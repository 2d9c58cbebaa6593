-- One row per commune, stretch of time, whose row may have changed in this build: all of them in a
-- full build, none otherwise, for other reference lists force a full build. The first row is the
-- unknown commune.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['commune_key']) }}",
) }}

with builds as (
    select is_full from {{ source('ops', 'builds') }}
    where build_id = {{ build_id() }}
),

communes as (
    select
        {{ reference_key('commune_code', 'valid_from') }} as commune_key,
        commune_code,
        valid_from
    from {{ ref('stg_reference__communes') }}
    union all
    select
        {{ unknown_reference_key() }} as commune_key,
        '{{ var("unknown_code") }}' as commune_code,
        date '{{ var("unknown_date") }}' as valid_from
)

select communes.*
from communes
cross join builds
where builds.is_full
