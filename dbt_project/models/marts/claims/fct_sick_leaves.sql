-- One row per certificate of leave of a dossier with content: sick leave (XML11) or leave to
-- protect a pregnancy (XML10).
with versions as (
    select * from {{ ref('int_claims__changed_versions') }}
),

-- read twice, so that without this word all of it would be read
encounters as not materialized (
    select * from {{ ref('fct_encounters') }}
),

pregnancy_leaves as (
    select
        *,
        'XML10' as table_code
    from {{ ref('stg_claims__pregnancy_leaves') }}
),

sick_leaves as (
    select
        *,
        'XML11' as table_code
    from {{ ref('stg_claims__sick_leaves') }}
)

-- the join is made in each branch, so that both read raw by its key
select
    {{ sick_leave_columns('pregnancy_leaves') }}
from versions
inner join encounters
    on
        versions.facility_key = encounters.facility_key
        and versions.encounter_key = encounters.encounter_key
inner join pregnancy_leaves
    on
        versions.file_id = pregnancy_leaves.file_id
        and versions.position = pregnancy_leaves.position
union all
select
    {{ sick_leave_columns('sick_leaves') }}
from versions
inner join encounters
    on
        versions.facility_key = encounters.facility_key
        and versions.encounter_key = encounters.encounter_key
inner join sick_leaves
    on
        versions.file_id = sick_leaves.file_id
        and versions.position = sick_leaves.position
