-- One row per build that cuts periods: this one. Where no registry came, neither runs.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['build_id']) }}",
) }}
{{ runs_after('int_facilities__periods') }}

select builds.build_id
from {{ source('ops', 'builds') }} as builds
where builds.build_id = {{ build_id() }}
