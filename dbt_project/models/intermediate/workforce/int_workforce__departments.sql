-- One row per department that a list of staff names, with the name that the newest list gives it.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_id', 'department_code']) }}",
) }}

with lists as (
    select
        facility_code as facility_id,
        coalesce(department_code, '{{ var("unknown_code") }}') as department_code,
        {{ public_name('department_name') }} as department_name,
        as_of,
        received_at,
        document_key
    from {{ ref('stg_lists__workforce') }}
    where facility_code is not null
)

select distinct on (facility_id, department_code)
    facility_id,
    department_code,
    department_name
from lists
order by
    facility_id asc,
    department_code asc,
    as_of desc nulls last,
    department_name is null asc,
    received_at desc,
    document_key asc
