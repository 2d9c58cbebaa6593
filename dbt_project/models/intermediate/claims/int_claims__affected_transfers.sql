-- One row per encounter whose transfer may have changed in this build: the dossiers that changed,
-- the transfers of encounters whose follow-up may have changed, and all transfers when the registry
-- changed, for it says of which level sender and receiver were. Transfers are few.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key', 'encounter_key']) }}",
) }}

with changed as (
    select * from {{ ref('int_claims__changed_dossiers') }}
),

journeys as (
    select * from {{ ref('int_claims__affected_journeys') }}
),

transfers as (
    select * from {{ ref('int_claims__current_transfers') }}
),

registries as (
    select * from {{ ref('int_lists__changed_feeds') }}
    where feed = 'facility_registry'
)

select
    facility_key,
    encounter_key
from changed
union distinct
select
    transfers.facility_key,
    transfers.encounter_key
from journeys
inner join transfers
    on
        journeys.facility_key = transfers.facility_key
        and journeys.encounter_key = transfers.encounter_key
union distinct
select
    facility_key,
    encounter_key
from transfers
where exists (select 1 from registries)
