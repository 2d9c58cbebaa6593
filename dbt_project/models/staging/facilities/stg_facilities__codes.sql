-- One row per column of a row of a list, as sent, that names a facility. Rows that count no more
-- are there too: what they named may be gone.
select
    'facility_registry' as feed,
    'facility_code' as column_name,
    file_id,
    position,
    {{ canonical_code('facility_code') }} as facility_id
from {{ source('raw', 'facility_registry') }}
union all
select
    'facility_registry' as feed,
    'parent_code' as column_name,
    file_id,
    position,
    {{ canonical_code('parent_code') }} as facility_id
from {{ source('raw', 'facility_registry') }}
union all
select
    'commune_station' as feed,
    'unit_code' as column_name,
    file_id,
    position,
    {{ canonical_code('unit_code') }} as facility_id
from {{ source('raw', 'commune_station') }}
union all
select
    'commune_station' as feed,
    'parent_unit_code' as column_name,
    file_id,
    position,
    {{ canonical_code('parent_unit_code') }} as facility_id
from {{ source('raw', 'commune_station') }}
union all
select
    'workforce' as feed,
    'facility_code' as column_name,
    file_id,
    position,
    {{ canonical_code('facility_code') }} as facility_id
from {{ source('raw', 'workforce') }}
union all
select
    'posts' as feed,
    'facility_code' as column_name,
    file_id,
    position,
    {{ canonical_code('facility_code') }} as facility_id
from {{ source('raw', 'posts') }}
union all
select
    'rotation' as feed,
    'from_facility' as column_name,
    file_id,
    position,
    {{ canonical_code('from_facility') }} as facility_id
from {{ source('raw', 'rotation') }}
union all
select
    'rotation' as feed,
    'to_facility' as column_name,
    file_id,
    position,
    {{ canonical_code('to_facility') }} as facility_id
from {{ source('raw', 'rotation') }}
union all
select
    'hospital_activity_month' as feed,
    'facility_code' as column_name,
    file_id,
    position,
    {{ canonical_code('facility_code') }} as facility_id
from {{ source('raw', 'hospital_activity_month') }}
