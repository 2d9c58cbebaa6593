-- One row per facility and calendar month with a monthly report whose visits are counted in this
-- build: months of arrival that dossiers left or entered, and those whose report changed. Months
-- without a report are not counted; in most builds these are all.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key', 'month_start_date']) }}",
) }}

with reports as (
    select * from {{ ref('int_activity__reported_months') }}
),

old_and_new as (
    select * from {{ ref('int_claims__old_and_new_versions') }}
),

arrivals as (
    select distinct
        encounters.facility_key,
        date_trunc('month', encounters.arrival_date_key::timestamp)::date as month_start_date
    from old_and_new
    inner join {{ ref('int_claims__encounters_conformed') }} as encounters
        on
            old_and_new.file_id = encounters.file_id
            and old_and_new.position = encounters.position
)

select
    reports.facility_key,
    reports.month_start_date,
    reports.facility_code as facility_id
from reports
inner join arrivals
    on
        reports.facility_key = arrivals.facility_key
        and reports.month_start_date = arrivals.month_start_date
union distinct
select
    reports.facility_key,
    reports.month_start_date,
    reports.facility_code as facility_id
from reports
inner join {{ source('ops', 'document_changes') }} as changes
    on
        changes.feed = 'hospital_activity_month'
        and reports.document_key = changes.document_key
inner join {{ source('ops', 'builds') }} as builds
    on
        changes.change_id > {{ from_change_id('builds') }}
        and changes.change_id <= builds.to_change_id
where builds.build_id = {{ build_id() }}
