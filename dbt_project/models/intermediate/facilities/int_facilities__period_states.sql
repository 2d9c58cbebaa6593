-- One row per build, facility and period: how a build cut the periods. A later build compares its
-- own with those of the release that readers see, whatever nobody published in between.
{{ config(
    materialized='replaced_by_key',
    meta={'publish': {'scope': 'int_facilities__present_build', 'keys': ['build_id']}},
    indexes=[{'columns': ['build_id', 'facility_code', 'valid_from'], 'unique': true}],
    post_hook="{{ analyze_when_grown() }}",
) }}

select
    builds.build_id,
    periods.facility_code,
    periods.valid_from
from {{ ref('int_facilities__periods') }} as periods
cross join {{ ref('int_facilities__present_build') }} as builds
