create table ops.projects (
    project_hash text primary key,
    inputs jsonb not null,
    noted_at timestamptz not null default clock_timestamp()
);
comment on table ops.projects is
'One row per state of the project that a build was made by: models, macros, seeds, migrations, reference lists, keys.';
comment on column ops.projects.project_hash is 'As in ops.builds.';
comment on column ops.projects.inputs is
'The hash of each file by its path from the root of the project, of the reference lists, and the number of the keys.';
