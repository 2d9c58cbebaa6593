-- One row per practitioner who ordered what a claim line names, and audience; and one for the
-- unknown one.
with practitioners as (
    select
        practitioner_key,
        practitioner_key <> {{ surrogate_key(["'" ~ var('unknown_code') ~ "'"]) }} as is_known
    from {{ affected_keys() }}
),

lines as (
    select * from {{ ref('fct_claim_lines') }}
)

select
    practitioners.practitioner_key,
    audiences.audience,
    practitioners.is_known
from practitioners
cross join {{ audiences() }}
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
where not practitioners.is_known or named.audience = audiences.audience
