-- One row per facility, commune, atom of time, indicator and fact that gives figures of it, and
-- audience: of what this build touches.
-- Written by scripts/write_data_pages.py from the definitions of indicators.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['source_fact', 'facility_key', 'atom_start_date', 'commune_key', 'indicator_code', 'audience']) }}",
) }}

select * from {{ ref('int_indicators__components_activity_reports') }}
union all
select * from {{ ref('int_indicators__components_departures') }}
union all
select * from {{ ref('int_indicators__components_encounters') }}
union all
select * from {{ ref('int_indicators__components_facilities') }}
union all
select * from {{ ref('int_indicators__components_members') }}
union all
select * from {{ ref('int_indicators__components_population') }}
union all
select * from {{ ref('int_indicators__components_posts') }}
union all
select * from {{ ref('int_indicators__components_rotations') }}
union all
select * from {{ ref('int_indicators__components_staff') }}
union all
select * from {{ ref('int_indicators__components_stations') }}
