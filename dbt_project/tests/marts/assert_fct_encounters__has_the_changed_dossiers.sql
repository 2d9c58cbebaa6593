-- Guards macros/materializations/replaced_by_key.sql, which assumes that every changed dossier is
-- deleted and that those with content are inserted once. A withdrawn dossier that stayed, or one
-- that was lost, shows here.
with dossiers as (
    select * from {{ ref('int_claims__changed_dossiers') }}
),

counted as (
    select
        dossiers.facility_key,
        dossiers.encounter_key,
        count(encounters.encounter_key) as row_count,
        count(distinct dossiers.file_id) as expected_count
    from dossiers
    left join {{ ref('fct_encounters') }} as encounters
        on
            dossiers.facility_key = encounters.facility_key
            and dossiers.encounter_key = encounters.encounter_key
    group by 1, 2
)

select * from counted
where row_count <> expected_count
