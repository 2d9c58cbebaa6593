-- One row per commune, sex, age band, source and day that counts now, named and typed.
-- Written by scripts/write_data_pages.py from the contract.
-- No WITH in a view: Postgres would not flatten it.
select
    document_key,
    partition_key,
    sender_id,
    as_of,
    received_at,
    commune_code,
    sex,
    age_band,
    source_code,
    vintage,
    ref_kind,
    ref_date,
    is_estimate,
    cast(population as bigint) as population,
    cast(live_births as bigint) as live_births
from {{ source('feeds', 'population') }}
