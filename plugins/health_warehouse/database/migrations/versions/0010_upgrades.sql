-- What a migration cannot change at once. In a new warehouse there is nothing to change.
create table ops.upgrades (
    name text primary key,
    noted_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    readers_shut text[] not null default '{}'
);
comment on table ops.upgrades is
'One row per upgrade of the data that this warehouse needed: done by `warehouse upgrade`.';
comment on column ops.upgrades.readers_shut is
'Logins that the upgrade shut and has not opened again, by their names on the server.';

insert into ops.upgrades (name)
select 'closed store and keys'
where exists (select from ops.files) or exists (select from ops.releases);
