"""What a mart rule looks at: on an incremental build what it affected, on a full one all.

The batch is the row of the build in ops.builds. Which dossiers changed, and which version holds the
content of each, is read again from the log ops.dossier_changes, not from what dbt made of it: the
audit must not inherit a mistake of the build. Keys of dimensions and reports come from the
relations `<mart>__affected` and models that the build left in schema intermediate.
"""

DOSSIERS_SCOPE = (
    "incremental build: the dossiers that changed since the published release; full build: all"
)
AFFECTED_SCOPE = (
    "incremental build: what the changed dossiers name or named "
    "(intermediate.<mart>__affected, or a model of schema intermediate); full build: everything, "
    "of a mart that it did not make anew the same as an increment"
)
WHOLE_SCOPE = "always the whole warehouse: one row per file"

# One row per changed dossier: the version that holds its content at the end of the stretch (file_id
# null: withdrawn or gone). The key of a facility is the md5 of its code, a
# dossier's is the loader's.
DOSSIERS = """
dossiers as materialized (
    select distinct on (change.encounter_key)
        md5(change.facility_id)::uuid as facility_key,
        change.encounter_key,
        change.new_file_id as file_id,
        change.new_position as position
    from batch
    join ops.dossier_changes as change
        on change.change_id > batch.from_change_id and change.change_id <= batch.to_change_id
    order by change.encounter_key, change.change_id desc
)"""
