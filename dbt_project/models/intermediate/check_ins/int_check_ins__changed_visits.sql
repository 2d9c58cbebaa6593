-- One row per facility, day of arrival and visit of check-ins that changed in the stretch of this
-- build: as they were before and as they are now, for both days and visits are concerned.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_id', 'arrival_date', 'encounter_key']) }}",
) }}

with stretch as (
    select changes.*
    from {{ source('ops', 'document_changes') }} as changes
    inner join {{ source('ops', 'builds') }} as builds
        on
            changes.change_id > {{ from_change_id('builds') }}
            and changes.change_id <= builds.to_change_id
    where builds.build_id = {{ build_id() }} and changes.feed = 'check_ins'
),

versions as (
    select
        old_file_id as file_id,
        old_position as position
    from stretch
    union distinct
    select
        new_file_id as file_id,
        new_position as position
    from stretch
)

select distinct
    check_ins.facility_id,
    check_ins.arrival_date,
    check_ins.encounter_key
from versions
inner join {{ ref('stg_check_ins__check_ins') }} as check_ins
    on
        versions.file_id = check_ins.file_id
        and versions.position = check_ins.position
where check_ins.arrival_date is not null
