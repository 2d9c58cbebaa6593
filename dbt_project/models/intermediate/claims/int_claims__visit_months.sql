-- One row per facility and calendar month of arrival that a monthly report tells of, and audience:
-- visits of outpatients by claims, as the audience sees them. A month that was counted has a row,
-- also when nobody came.
{{ config(
    materialized='replaced_by_key',
    meta={'publish': {
        'scope': 'int_claims__affected_visit_months',
        'keys': ['facility_key', 'month_start_date'],
    }},
    indexes=[
        {'columns': ['facility_key', 'month_start_date', 'audience'], 'unique': true},
        {'columns': ['month_start_date']},
    ],
    post_hook="{{ analyze_when_grown() }}",
) }}

with affected as (
    select * from {{ ref('int_claims__affected_visit_months') }}
),

versions as (
    select * from {{ ref('int_claims__current_versions') }}
),

transfers as (
    select * from {{ ref('int_claims__current_transfers') }}
)

select
    affected.facility_key,
    affected.month_start_date,
    audiences.audience,
    count(versions.encounter_key)::integer as visit_count,
    count(versions.encounter_key) filter (
        where {{ is_insured('versions.eligibility_code') }}
    )::integer as insured_visit_count,
    count(*) filter (where {{ is_sent_on('transfers.discharge_type_code') }})::integer
        as transfer_count
from affected
cross join {{ audiences() }}
left join versions
    on
        affected.facility_id = versions.facility_id
        and affected.month_start_date <= versions.arrival_date
        and versions.arrival_date < affected.month_start_date + interval '1 month'
        and versions.audience = any(audiences.sees)
        and not versions.is_inpatient
left join transfers
    on
        versions.facility_key = transfers.facility_key
        and versions.encounter_key = transfers.encounter_key
group by affected.facility_key, affected.month_start_date, audiences.audience
