-- One row per facility, calendar month and audience of the dossiers: what stays in beds come to, of
-- the dossiers of that audience alone.
{{ config(
    materialized='replaced_by_key',
    meta={'publish': {
        'scope': 'int_claims__affected_stay_months',
        'keys': ['facility_key', 'month_start_date'],
    }},
    indexes=[
        {'columns': ['facility_key', 'month_start_date', 'audience'], 'unique': true},
        {'columns': ['month_start_date']},
    ],
    post_hook="{{ analyze_when_grown() }}",
) }}

with affected as (
    select * from {{ ref('int_claims__affected_stay_months') }}
),

stays as (
    select * from {{ ref('int_claims__current_stay_months') }}
)

select
    stays.facility_key,
    stays.month_start_date,
    stays.audience,
    min(stays.facility_id) as facility_id,
    count(*)::integer as inpatient_count,
    count(*) filter (where stays.is_insured)::integer as insured_inpatient_count,
    count(*) filter (where stays.is_admitted)::integer as admission_count,
    count(*) filter (where stays.is_discharged)::integer as discharge_count,
    count(*) filter (where stays.is_discharged and stays.is_inpatient_death)::integer
        as inpatient_death_count,
    count(*) filter (where stays.is_discharged and stays.is_sent_on)::integer
        as inpatient_transfer_count,
    sum(stays.inpatient_days)::integer as inpatient_days
from affected
inner join stays
    on
        affected.facility_key = stays.facility_key
        and affected.month_start_date = stays.month_start_date
group by stays.facility_key, stays.month_start_date, stays.audience
