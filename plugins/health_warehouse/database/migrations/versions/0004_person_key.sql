create table ops.person_key_check (
    is_only boolean primary key default true check (is_only),
    check_value text not null,
    first_used_at timestamptz not null default clock_timestamp()
);
comment on table ops.person_key_check is
'One row from the first delivery on: by what the person key is known again. The key itself is nowhere in the database.';
comment on column ops.person_key_check.check_value is
'HMAC-SHA256 of a constant text under the key. Whoever loads with another key, or without one, is refused.';
