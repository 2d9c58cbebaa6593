---------- who sees which rows of marts

create table ops.reader_scopes (
    scope_id bigint generated always as identity primary key,
    role_name text not null,
    facility_id text,
    province_code text,
    granted_at timestamptz not null default clock_timestamp(),
    granted_by text not null default current_user,
    reason text,
    revoked_at timestamptz,
    revoked_by text,
    check (num_nonnulls(facility_id, province_code) <= 1)
);
comment on table ops.reader_scopes is
'One row per scope that a login role has or had: the rows of marts that its queries see are those of '
'the facilities in its scopes. Without a row it sees none. Counts for the login itself, never for '
'the members of a role. Row security shows each login its own scopes only.';
comment on column ops.reader_scopes.role_name is 'Login role as Postgres knows it, role prefix included.';
comment on column ops.reader_scopes.facility_id is 'One facility (MACSKCB). Null beside a null province = all of them.';
comment on column ops.reader_scopes.province_code is
'All facilities of a province as it is today (code since 2025-07-01).';
comment on column ops.reader_scopes.revoked_at is 'Null = the scope holds. Rows are never deleted: they tell who could read what.';
create unique index reader_scopes_held on ops.reader_scopes (role_name, facility_id, province_code)
nulls not distinct
where revoked_at is null;

alter table ops.reader_scopes enable row level security;
create policy own_scopes on ops.reader_scopes for select using (role_name = current_user);

create view ops.reader_access as
select
    scope_id,
    role_name,
    facility_id,
    province_code,
    granted_at,
    granted_by,
    reason,
    revoked_at,
    revoked_by
from ops.reader_scopes;
comment on view ops.reader_access is
'One row per scope of every login, for operations and auditors: who could read what, from when to when, by whom.';
