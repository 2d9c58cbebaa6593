-- One row per facility, area that it is or was in, first day of that, and audience.
{{ config(indexes=[{'columns': ['area_kind', 'area_key']}]) }}
-- depends_on: {{ ref('int_indicators__bases') }}
-- depends_on: {{ ref('int_facilities__affected') }}

with affected as (
    select * from {{ affected_keys() }}
)

select areas.*
from affected
inner join {{ ref('int_indicators__facility_areas') }} as areas
    on
        affected.facility_key = areas.facility_key
        and affected.area_kind = areas.area_kind
        and affected.area_key = areas.area_key
