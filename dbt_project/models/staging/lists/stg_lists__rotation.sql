-- One row per person and assignment that counts now, named and typed.
-- Written by scripts/write_data_pages.py from the contract.
-- No WITH in a view: Postgres would not flatten it.
select
    document_key,
    partition_key,
    sender_id,
    as_of,
    received_at,
    person_key,
    decision_no,
    decision_date,
    programme,
    occupation,
    staff_group,
    specialty,
    from_facility,
    to_facility,
    started_on,
    planned_end,
    ended_on,
    time_share,
    task,
    cast(planned_persons as bigint) as planned_persons
from {{ source('feeds', 'rotation') }}
