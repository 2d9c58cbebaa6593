-- What is removed outside of the database, or in many batches, passes through 'leaving': a run that is
-- killed leaves it there, the next one ends it, and whoever needs the thing meanwhile looks first.

alter table ops.files add column archive_state text not null default 'kept'
check (archive_state in ('kept', 'leaving', 'removed'));
comment on column ops.files.archive_state is
'Whether the archive has the bytes. leaving: they are being removed, and may be gone. A new receipt of the same '
'bytes makes it kept again.';
create index files_leaving on ops.files (file_id) where archive_state = 'leaving';

alter table ops.bundles
add column bundle_id bigint generated always as identity unique,
add column archive_state text not null default 'kept' check (archive_state in ('kept', 'leaving', 'removed'));
comment on column ops.bundles.archive_state is 'As that of ops.files. A bundle goes when all files out of it have gone.';
create index bundles_leaving on ops.bundles (bundle_id) where archive_state = 'leaving';
create index bundles_sha256 on ops.bundles (sha256);
-- Receipts of the files of a bundle begin with its uri and '!/'.
create index file_receipts_uri on ops.file_receipts (uri text_pattern_ops);

alter table ops.dossier_versions add column has_rows boolean not null default true;
comment on column ops.dossier_versions.has_rows is
'False: superseded, and its rows were removed from raw. Should it come to count again, they are read from the archive.';
create index dossier_versions_without_rows on ops.dossier_versions (file_id, position) where not has_rows;
-- Which version a change replaced: what a build still has to read is not removed.
create index dossier_changes_old on ops.dossier_changes (old_file_id, old_position) where old_file_id is not null;

alter table ops.releases add column replaced_rows text not null default 'kept'
check (replaced_rows in ('kept', 'leaving', 'removed'));
comment on column ops.releases.replaced_rows is
'Whether ops.replaced_… still has what this release replaced. Otherwise it cannot be rolled back, nor can an older '
'one be compared with a newer one.';
create index releases_with_replaced_rows on ops.releases (published_at) where replaced_rows <> 'removed';

create index check_runs_started on ops.check_runs (started_at);
create index incidents_resolved on ops.incidents (resolved_at) where state = 'resolved';
create index alerts_resolved on ops.alerts (resolved_at) where state = 'resolved';

create table ops.maintenance_runs (
    run_id bigint generated always as identity primary key,
    started_at timestamptz not null default clock_timestamp()
);
comment on table ops.maintenance_runs is 'One row per run of maintenance that was not a dry run.';

create table ops.maintenance_steps (
    run_id bigint not null references ops.maintenance_runs,
    step text not null,
    state text not null check (state in ('running', 'done', 'unfinished', 'failed', 'cut off', 'off')),
    keep_days integer not null,
    removed_count bigint not null default 0,
    removed_bytes bigint not null default 0,
    message text,
    started_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    primary key (run_id, step)
);
comment on table ops.maintenance_steps is
'One row per run and step: what went. Written in the transaction of each batch, so that it holds after a kill.';
comment on column ops.maintenance_steps.state is
'unfinished: its time was up, or somebody held a lock; the next run goes on. cut off: killed. off: nothing is to go.';
comment on column ops.maintenance_steps.keep_days is 'The setting that it worked by; 0 = for ever.';
comment on column ops.maintenance_steps.removed_count is 'Files, rows, … as the step counts.';
comment on column ops.maintenance_steps.removed_bytes is 'Of files on disk; of rows as stored, without indexes.';
create index maintenance_steps_running on ops.maintenance_steps (step) where state = 'running';

create table ops.maintenance_marks (
    step text primary key,
    last_id bigint not null
);
comment on table ops.maintenance_marks is
'How far a step has walked through a long table: a run looks at a stretch of it, the next one goes on, and round again.';
