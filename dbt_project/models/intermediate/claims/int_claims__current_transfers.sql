-- One row per dossier with content that ended in a transfer, as of the end of the build. What a
-- build looks up of transfers it finds here, and not in all of raw.
{{ config(
    materialized='replaced_by_key',
    meta={'publish': {
        'scope': 'int_claims__changed_dossiers',
        'keys': ['facility_key', 'encounter_key'],
    }},
    indexes=[{'columns': ['facility_key', 'encounter_key'], 'unique': true}],
    post_hook="{{ analyze_when_grown() }}",
) }}

with versions as (
    select * from {{ ref('int_claims__changed_versions') }}
),

transfers as (
    select * from {{ ref('int_claims__transfers_conformed') }}
)

select
    versions.facility_key,
    versions.encounter_key,
    transfers.month_start_date,
    transfers.earlier_facility_ids,
    transfers.transfer_reason_code,
    transfers.has_referral_slip,
    transfers.sent_to_facility_id,
    transfers.discharge_type_code
from versions
inner join transfers
    on
        versions.file_id = transfers.file_id
        and versions.position = transfers.position
