-- One row per facility, commune, atom of time, indicator and fact that gives figures of it, and
-- audience.
{{ config(indexes=[{'columns': ['commune_key', 'atom_start_date']}]) }}
-- depends_on: {{ ref('int_indicators__bases') }}
-- depends_on: {{ ref('int_indicators__touched_facts') }}

with affected as (
    select * from {{ affected_keys() }}
)

select components.*
from affected
inner join {{ ref('int_indicators__components') }} as components
    on
        affected.facility_key = components.facility_key
        and affected.atom_start_date = components.atom_start_date
        and affected.source_fact = components.source_fact
        and affected.commune_key = components.commune_key
