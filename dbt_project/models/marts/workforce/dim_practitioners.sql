-- One row per practitioner who ordered what a claim line names, or whom a list of staff names with
-- a licence, and audience; and one for the unknown one.
with practitioners as (
    select
        practitioner_key,
        practitioner_key <> {{ surrogate_key(["'" ~ var('unknown_code') ~ "'"]) }} as is_known
    from {{ ref('int_workforce__affected_practitioners') }}
),

listed as (
    select * from {{ ref('int_workforce__practitioners') }}
),

lines as (
    select * from {{ ref('fct_claim_lines') }}
)

select
    practitioners.practitioner_key,
    audiences.audience,
    listed.staff_key,
    listed.title_code,
    listed.occupation_code,
    listed.degree_code,
    listed.is_postgraduate,
    listed.licence_date,
    listed.licence_valid_to,
    listed.practitioner_key is not null as is_listed,
    practitioners.is_known
from practitioners
cross join {{ audiences() }}
left join listed on practitioners.practitioner_key = listed.practitioner_key
-- a range in the order of the index makes it a search by key; as EXISTS the lines were scanned
left join lateral (
    select lines.audience
    from lines
    where
        lines.ordering_practitioner_key = practitioners.practitioner_key
        and lines.audience >= audiences.audience
    order by lines.audience
    limit 1
) as named on true
where
    not practitioners.is_known
    or listed.practitioner_key is not null
    or named.audience = audiences.audience
