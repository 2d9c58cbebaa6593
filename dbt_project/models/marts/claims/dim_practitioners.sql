-- One row per practitioner who ordered what a claim line names, and audience; and one for the
-- unknown one.
with practitioners as (
    select * from {{ ref('int_claims__touched_practitioners') }}
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
where
    not practitioners.is_known
    or exists (
        select 1
        from lines
        where
            lines.ordering_practitioner_key = practitioners.practitioner_key
            and lines.audience = any(audiences.sees)
    )
