-- A turn is taken by `lock table` on its view, which asks for the right to update it: roles.yml gives that to the
-- roles that need the turn, and to no reader. Views, because VACUUM and ANALYZE pass over them: on a table they would
-- wait until the turn ends, hours behind a build.

create view ops.turn_settling as select null::text as nothing where false;
comment on view ops.turn_settling is
'Locked by who changes which version of a dossier counts, until its transaction ends.';
create view ops.turn_opening as select null::text as nothing where false;
comment on view ops.turn_opening is 'Locked by who opens a build, until its transaction ends.';
create view ops.turn_writing as select null::text as nothing where false;
comment on view ops.turn_writing is 'Locked by who writes the candidate, or copies it to a backup, until it ends.';
create view ops.turn_run as select null::text as nothing where false;
comment on view ops.turn_run is 'Locked by a `warehouse run`, until it ends.';
create view ops.turn_maintenance as select null::text as nothing where false;
comment on view ops.turn_maintenance is 'Locked by a step of maintenance, until it ends.';
create view ops.turn_alerts as select null::text as nothing where false;
comment on view ops.turn_alerts is 'Locked by who writes alerts, until its transaction ends.';
create view ops.turn_person_key as select null::text as nothing where false;
comment on view ops.turn_person_key is 'Locked by who settles the person key, until its transaction ends.';

create table ops.file_claims (
    sha256 text primary key
);
comment on table ops.file_claims is
'Always empty, as others see it: who loads or removes the bytes of a hash inserts and deletes its row in one '
'transaction, and who inserts the same hash waits for the end of that transaction.';
