-- Who may do what, in full, applied after every migration. Idempotent; role names are filled in.
-- Personal columns of raw are granted to the loader only; transformer gets the rest by column.

revoke all on schema public from public;

grant usage on schema ref to {loader}, {transformer}, {publisher};
grant select on all tables in schema ref to {loader}, {transformer}, {publisher};

grant usage on schema raw, quarantine, vault, ops to {loader};
grant select, insert on all tables in schema raw to {loader};
grant select, insert on all tables in schema quarantine to {loader};
grant select, insert on all tables in schema vault to {loader};
grant select, insert, update on ops.files, ops.file_receipts, ops.dossier_versions to {loader};
grant select, insert, update, delete on ops.current_dossiers to {loader};
grant select, insert on ops.bundles, ops.dossier_changes to {loader};
grant select, insert, update on
    ops.check_runs, ops.check_run_files, ops.rule_results, ops.incidents
to {loader}, {transformer}, {publisher};

grant usage on schema raw, ops to {transformer};
grant usage, create on schema staging, intermediate, candidate to {transformer};
grant select on ops.files, ops.dossier_versions, ops.current_dossiers, ops.dossier_changes,
    ops.releases, ops.publish_hold
to {transformer};
grant select, insert, update on ops.builds, ops.model_runs to {transformer};
grant select (file_id, position, part, table_name, ma_lk_values) on raw.claims_other to {transformer};
grant select (file_id, position, rule_id, severity) on quarantine.findings to {transformer};

grant usage, create on schema marts to {publisher};
grant usage on schema staging, intermediate, candidate, ops, raw to {publisher};
grant select on ops.files, ops.dossier_versions, ops.current_dossiers, ops.dossier_changes,
    ops.check_runs, ops.rule_results, ops.model_runs
to {publisher};
grant select, insert, update on ops.releases, ops.builds, ops.publish_hold to {publisher};
-- shadow tables of what each release replaced are made beside the records of the releases
grant create on schema ops to {publisher};

grant usage on schema marts to {bi_reader};

grant usage on schema ops, quarantine to {ops_reader};
grant select on all tables in schema ops to {ops_reader};
grant select on quarantine.findings to {ops_reader};

grant usage on schema vault to {vault_reader};
grant select on all tables in schema vault to {vault_reader};
