-- One row per facility, occupation and day that counts now, named and typed.
-- Written by scripts/write_data_pages.py from the contract.
-- No WITH in a view: Postgres would not flatten it.
select
    document_key,
    partition_key,
    sender_id,
    as_of,
    received_at,
    facility_code,
    occupation,
    decision_no,
    as_of_date,
    cast(approved_posts as bigint) as approved_posts,
    cast(filled_posts as bigint) as filled_posts,
    cast(contract_staff as bigint) as contract_staff,
    cast(needed_by_norm as bigint) as needed_by_norm
from {{ source('feeds', 'posts') }}
