-- One row per facility and calendar month whose days in beds may have changed in this build: the
-- months of the stays that dossiers lost or gained.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key', 'month_start_date']) }}",
) }}

with old_and_new as (
    select * from {{ ref('int_claims__old_and_new_versions') }}
)

select distinct
    stays.facility_key,
    stays.month_start_date
from old_and_new
inner join {{ ref('int_claims__stay_months_conformed') }} as stays
    on
        old_and_new.file_id = stays.file_id
        and old_and_new.position = stays.position
