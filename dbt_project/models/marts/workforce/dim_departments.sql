-- One row per department of a facility that a claim line or a list of staff names, and audience;
-- what names none is of its facility's unknown department.
with departments as (
    select * from {{ ref('int_workforce__affected_departments') }}
),

listed as (
    select * from {{ ref('int_workforce__departments') }}
),

lines as (
    select * from {{ ref('fct_claim_lines') }}
)

select
    departments.facility_key,
    departments.department_key,
    audiences.audience,
    departments.facility_id,
    departments.department_code,
    coalesce(listed.department_name, departments.department_code) as department_name,
    departments.department_code <> '{{ var("unknown_code") }}' as is_known,
    listed.facility_id is not null as is_listed
from departments
cross join {{ audiences() }}
left join listed
    on
        departments.facility_id = listed.facility_id
        and departments.department_code = listed.department_code
-- in the order of the primary key: the first lines of the facility tell it
left join lateral (
    select lines.audience
    from lines
    where
        lines.facility_key = departments.facility_key
        and coalesce(lines.department_code, '{{ var("unknown_code") }}')
        = departments.department_code
        and lines.audience = any(audiences.sees)
    order by lines.facility_key, lines.encounter_key
    limit 1
) as named on true
where listed.facility_id is not null or named.audience is not null
