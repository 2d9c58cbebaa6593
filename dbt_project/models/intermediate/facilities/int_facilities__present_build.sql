-- One row per build that cuts periods: this one. Where no registry came it does not run, like what
-- depends_on: {{ ref('int_facilities__periods') }}
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['build_id']) }}",
) }}

select builds.build_id
from {{ source('ops', 'builds') }} as builds
where builds.build_id = {{ build_id() }}
