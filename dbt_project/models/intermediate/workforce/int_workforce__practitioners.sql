-- One row per practitioner with a licence whom a list of staff names, by what the newest list says:
-- of several places of work the main one, of several periods the last.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['practitioner_key']) }}",
) }}

select distinct on (lists.practitioner_key)
    lists.practitioner_key,
    coalesce(lists.person_key, lists.document_key) as staff_key,
    lists.title_code,
    lower(lists.occupation) as occupation_code,
    lower(lists.degree) as degree_code,
    lower(lists.degree) in (
        'prof', 'assoc_prof', 'phd', 'spec2', 'master', 'spec1', 'resident'
    ) as is_postgraduate,
    lists.licence_date,
    lists.licence_valid_to
from {{ ref('stg_lists__workforce') }} as lists
where lists.practitioner_key is not null
order by
    lists.practitioner_key asc,
    lists.as_of desc nulls last,
    lists.is_main_place desc nulls last,
    lists.valid_from desc nulls last,
    lists.received_at desc,
    lists.document_key asc
