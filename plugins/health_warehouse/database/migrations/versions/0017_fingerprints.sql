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

-- A full build may make some models anew and go on by increment with the others.
alter table ops.builds add column increment_from_change_id bigint;
comment on column ops.builds.increment_from_change_id is
'Of a full build that makes some models anew only: the change after which the others go on by increment.';
create table ops.build_models (
    build_id bigint not null references ops.builds (build_id),
    model text not null,
    primary key (build_id, model)
);
comment on table ops.build_models is
'One row per model or seed that a full build makes anew, when it goes on by increment with the others; none when it makes all anew.';
comment on column ops.build_models.build_id is 'As in ops.builds.';
comment on column ops.build_models.model is 'Name of the model or seed.';
