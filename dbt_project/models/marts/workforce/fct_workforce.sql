-- One row per member of staff, department and first day of a period, by the newest list of each
-- facility. Earlier lists are behind it: what they say of former staff is in the newest, too.
{{ config(materialized='rewritten_with_feeds') }}
{{ after_changed_feeds() }}

with lists as (
    select
        lists.*,
        coalesce(lists.person_key, lists.document_key) as staff_key,
        coalesce(lists.department_code, '{{ var("unknown_code") }}') as known_department,
        {{ calendar_date('lists.valid_from') }} as known_from,
        rank() over (
            partition by lists.facility_code
            order by lists.as_of desc nulls last
        ) = 1 as is_newest
    from {{ ref('stg_lists__workforce') }} as lists
),

-- two senders may list the same person: whose list came later is believed
staff as (
    select distinct on (facility_code, staff_key, known_department, known_from) *
    from lists
    where is_newest
    order by
        facility_code asc,
        staff_key asc,
        known_department asc,
        known_from asc,
        received_at desc,
        document_key asc
)

select
    {{ surrogate_key(['facility_code']) }} as facility_key,
    staff_key,
    {{ surrogate_key(['facility_code', 'known_department']) }} as department_key,
    known_from as valid_from,
    valid_to + 1 as valid_to, -- the list names the last day
    facility_code as facility_id,
    practitioner_key,
    known_department as department_code,
    coalesce(is_main_place, false) as is_main_place,
    title_code,
    lower(occupation) as occupation_code,
    position_code,
    lower(degree) as degree_code,
    lower(degree) in (
        'prof', 'assoc_prof', 'phd', 'spec2', 'master', 'spec1', 'resident'
    ) as is_postgraduate,
    specialty,
    full_time = '1' as is_full_time,
    lower(employment_kind) as employment_kind_code,
    licence_date,
    licence_valid_to,
    joined_on,
    left_on,
    lower(leave_reason) as leave_reason_code,
    as_of as as_of_date,
    'open' as audience
from staff
