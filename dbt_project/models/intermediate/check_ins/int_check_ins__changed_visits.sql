-- One row per facility, day of arrival and visit of check-ins that changed in the stretch of this
-- build: as they were before and as they are now, for both days and visits are concerned.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_id', 'arrival_date', 'encounter_key']) }}",
) }}

with versions as (
    select * from {{ ref('int_check_ins__changed_versions') }}
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
