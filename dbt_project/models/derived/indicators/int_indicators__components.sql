-- One row per facility, commune, atom of time, indicator and fact that gives figures of it, and
-- audience: of what this build touches.
-- Written by scripts/write_data_pages.py from the definitions of indicators.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['source_fact', 'facility_key', 'atom_start_date', 'commune_key', 'indicator_code', 'audience']) }}",
) }}

with touched as (
    select * from {{ ref('int_indicators__touched_facts') }}
)

select * from {{ ref('int_indicators__components_activity_reports') }}
where source_fact in (select touched.source_fact from touched)
union all
select * from {{ ref('int_indicators__components_departures') }}
where source_fact in (select touched.source_fact from touched)
union all
select * from {{ ref('int_indicators__components_encounters') }}
union all
select * from {{ ref('int_indicators__components_facilities') }}
where source_fact in (select touched.source_fact from touched)
union all
select * from {{ ref('int_indicators__components_members') }}
where source_fact in (select touched.source_fact from touched)
union all
select * from {{ ref('int_indicators__components_population') }}
where source_fact in (select touched.source_fact from touched)
union all
select * from {{ ref('int_indicators__components_posts') }}
where source_fact in (select touched.source_fact from touched)
union all
select * from {{ ref('int_indicators__components_rotations') }}
where source_fact in (select touched.source_fact from touched)
union all
select * from {{ ref('int_indicators__components_staff') }}
where source_fact in (select touched.source_fact from touched)
union all
select * from {{ ref('int_indicators__components_stations') }}
where source_fact in (select touched.source_fact from touched)
union all
select * from {{ ref('int_indicators__components_stays') }}
union all
select * from {{ ref('int_indicators__components_transfers') }}
