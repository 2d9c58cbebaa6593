-- One row per facility with an encounter.
with facilities as (
    select * from {{ ref('int_claims__touched_facilities') }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
)

select
    facilities.facility_key,
    facilities.facility_id
from facilities
where exists (
    select 1
    from encounters
    where encounters.facility_key = facilities.facility_key
)
