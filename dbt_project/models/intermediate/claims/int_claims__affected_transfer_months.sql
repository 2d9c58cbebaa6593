-- One row per facility and month of end of care whose transfers may have changed in this build: of
-- those that dossiers lost or gained, and of all others that may have changed.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key', 'month_start_date']) }}",
) }}

with old_and_new as (
    select * from {{ ref('int_claims__old_and_new_versions') }}
),

affected as (
    select * from {{ ref('int_claims__affected_transfers') }}
),

transfers as (
    select * from {{ ref('int_claims__current_transfers') }}
)

select
    conformed.facility_key,
    conformed.month_start_date
from old_and_new
inner join {{ ref('int_claims__transfers_conformed') }} as conformed
    on
        old_and_new.file_id = conformed.file_id
        and old_and_new.position = conformed.position
union distinct
select
    transfers.facility_key,
    transfers.month_start_date
from affected
inner join transfers
    on
        affected.facility_key = transfers.facility_key
        and affected.encounter_key = transfers.encounter_key
