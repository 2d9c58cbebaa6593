-- One row per build that runs: this one.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['build_id']) }}",
) }}

select builds.build_id
from {{ source('ops', 'builds') }} as builds
where builds.build_id = {{ build_id() }}
