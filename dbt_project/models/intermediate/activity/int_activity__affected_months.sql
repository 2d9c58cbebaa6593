-- One row per calendar month whose reports on activity may have changed in this build: months of
-- changed stays, months whose visits are counted, and all when the registry or a monthly report
-- changed. Of what month a report was that is there no more is not known here, so each month of the
-- calendar is looked at; a month is a few hundred rows.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['month_start_date']) }}",
) }}

with stays as (
    select * from {{ ref('int_claims__affected_stay_months') }}
),

visits as (
    select * from {{ ref('int_claims__affected_visit_months') }}
),

lists as (
    select * from {{ ref('int_lists__changed_feeds') }}
    where feed in ('facility_registry', 'hospital_activity_month')
)

select month_start_date
from stays
union distinct
select month_start_date
from visits
union distinct
select months.month_start::date as month_start_date
from
    generate_series(
        date '{{ var("first_date") }}'::timestamp,
        date '{{ var("last_date") }}'::timestamp,
        interval '1 month'
    ) as months (month_start)
where exists (select 1 from lists)
