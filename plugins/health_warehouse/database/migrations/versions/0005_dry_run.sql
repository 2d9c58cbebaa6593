alter table ops.builds add column is_dry_run boolean not null default false;
comment on column ops.builds.is_dry_run is
'Somebody wanted to see what it would change. The clock does not publish it, a person may; what is delivered '
'makes the next build, which is published as ever.';
