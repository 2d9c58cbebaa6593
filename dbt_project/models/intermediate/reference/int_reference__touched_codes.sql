-- One row per list, code and stretch of time whose row may have changed in this build: all of them
-- in a full build, none otherwise, for other lists force a full build.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['code_list', 'code', 'valid_from']) }}",
) }}

with builds as (
    select is_full from {{ source('ops', 'builds') }}
    where build_id = {{ build_id() }}
),

codes as (
    select
        code_list,
        code,
        valid_from
    from {{ ref('int_reference__code_lists') }}
)

select codes.*
from codes
cross join builds
where builds.is_full
