-- One row per fact of lists of which components may have changed: a feed that it comes from has
-- changed, or a period has come to its end.
-- Written by scripts/write_data_pages.py from the definitions of indicators.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['source_fact']) }}",
) }}

with changed as (
    select * from {{ ref('int_lists__changed_feeds') }}
),

days as (
    select * from {{ ref('int_indicators__days') }}
),

atoms as (
    select * from {{ ref('dim_atoms') }}
    where audience = 'open' and is_period_end
)

select distinct facts.source_fact
from (
    values
    ('activity_reports', 'hospital_activity_month'),
    ('activity_reports', 'facility_registry'),
    ('departures', 'workforce'),
    ('departures', 'facility_registry'),
    ('facilities', 'facility_registry'),
    ('members', 'insurance_membership'),
    ('population', 'population'),
    ('posts', 'posts'),
    ('posts', 'facility_registry'),
    ('rotations', 'rotation'),
    ('rotations', 'facility_registry'),
    ('staff', 'workforce'),
    ('staff', 'facility_registry'),
    ('stations', 'commune_station')
) as facts (source_fact, feed)
where
    facts.feed in (select changed.feed from changed)
    or exists (
        select 1
        from days
        inner join atoms
            on
                days.previous_day <= atoms.atom_end_date
                and days.current_day > atoms.atom_end_date
    )
