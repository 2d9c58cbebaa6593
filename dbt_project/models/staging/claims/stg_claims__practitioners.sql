-- One row per licence number that a claim file names, with the key that stands for it.
select
    practitioner_code,
    practitioner_key
from {{ source('raw', 'practitioners') }}
