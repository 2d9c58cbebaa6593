-- One row per commune, card group, age band, sex and day that counts now, named and typed.
-- Written by scripts/write_data_pages.py from the contract.
-- No WITH in a view: Postgres would not flatten it.
select
    document_key,
    partition_key,
    sender_id,
    as_of,
    received_at,
    commune_code,
    group_code,
    age_band,
    sex,
    residence_basis,
    counted,
    as_of_date,
    cast(members as bigint) as members,
    cast(registered_here as bigint) as registered_here
from {{ source('feeds', 'insurance_membership') }}
