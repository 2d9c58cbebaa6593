-- One row per visit whose check-in changed in the stretch of this build: the check-in that counts
-- at the end of the stretch, none when there is none. A check-in is a document by its facility and
-- MA_LK, so a visit has one.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key', 'encounter_key']) }}",
) }}

with versions as (
    select * from {{ ref('int_check_ins__changed_versions') }}
),

check_ins as (
    select * from {{ ref('stg_check_ins__check_ins') }}
)

select
    {{ surrogate_key(['check_ins.facility_id']) }} as facility_key,
    check_ins.encounter_key,
    max(versions.file_id) filter (where versions.is_current) as file_id,
    max(versions.position) filter (where versions.is_current) as position
from versions
inner join check_ins
    on
        versions.file_id = check_ins.file_id
        and versions.position = check_ins.position
where check_ins.encounter_key is not null
group by 1, 2
