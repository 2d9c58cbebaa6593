create table ops.model_fingerprints (
    project_hash text not null references ops.projects (project_hash),
    model text not null,
    fingerprint text not null,
    primary key (project_hash, model)
);
comment on table ops.model_fingerprints is
'One row per model and seed of a project that a build was made by: what decides its rows, without texts.';
comment on column ops.model_fingerprints.project_hash is 'As in ops.projects.';
comment on column ops.model_fingerprints.model is 'Name of the model or seed.';
comment on column ops.model_fingerprints.fingerprint is
'sha256 of its code, its contract, the functions that it calls and the fingerprints of what it reads.';
