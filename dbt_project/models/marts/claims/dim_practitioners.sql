-- One row per practitioner that a claim file names, and one for the unknown one.
with practitioners as (
    select * from {{ ref('int_claims__touched_practitioners') }}
)

select
    practitioner_key,
    is_known
from practitioners
