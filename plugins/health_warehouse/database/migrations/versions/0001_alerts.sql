---------- what people are told

create table ops.alerts (
    alert_id bigint generated always as identity primary key,
    fingerprint text not null,
    kind text not null,
    state text not null default 'new' check (state in ('new', 'ongoing', 'resolved')),
    occurrence_count integer not null,
    reasons text[] not null,
    facts jsonb not null,
    opened_at timestamptz not null,
    last_seen_at timestamptz not null,
    well_since timestamptz,
    resolved_at timestamptz
);
comment on table ops.alerts is
'One row per cause, from its first failure until it has been well for a while; however often it fails.';
comment on column ops.alerts.fingerprint is 'Names the cause (task, rules of a suite, scheduler), never a run.';
comment on column ops.alerts.reasons is 'What has been told of it: rule ids, how tasks end. A new one is told, too.';
comment on column ops.alerts.facts is 'Counts, rule ids and ids of runs and builds; no value of a row.';
comment on column ops.alerts.opened_at is 'Of the first failure, by the clock of whoever saw it.';
comment on column ops.alerts.well_since is 'When the sender saw that it does not fail any more; null while it fails.';
create unique index alerts_open on ops.alerts (fingerprint) where state <> 'resolved';
create index alerts_fingerprint on ops.alerts (fingerprint, alert_id);

create table ops.alert_messages (
    message_id bigint generated always as identity primary key,
    alert_id bigint not null references ops.alerts,
    message_key uuid not null unique default gen_random_uuid(),
    event text not null check (event in ('opened', 'widened', 'resolved')),
    content jsonb not null,
    created_at timestamptz not null default clock_timestamp()
);
comment on table ops.alert_messages is
'One row per message: an alert opened, got a new reason, or was resolved. Written with the change of the alert.';
comment on column ops.alert_messages.message_key is
'Message-ID of the mail and webhook-id: the same in every attempt, so that a second copy is known as one.';
create index alert_messages_alert on ops.alert_messages (alert_id, message_id);

create table ops.alert_deliveries (
    message_id bigint not null references ops.alert_messages,
    target text not null,
    attempt_count integer not null default 0,
    next_attempt_at timestamptz not null default clock_timestamp(),
    attempted_at timestamptz,
    sent_at timestamptz,
    error text,
    primary key (message_id, target)
);
comment on table ops.alert_deliveries is 'One row per message and who gets it: the outbox. Unsent rows are tried until they arrive.';
comment on column ops.alert_deliveries.target is 'email:ADDRESS or webhook.';
comment on column ops.alert_deliveries.attempted_at is
'Begin of the last attempt, committed before it. With neither sent_at nor error, its outcome is not known: '
'the sender was killed in it.';
create index alert_deliveries_waiting on ops.alert_deliveries (target, next_attempt_at) where sent_at is null;

create table ops.alert_heartbeat (
    installed_at timestamptz not null default clock_timestamp(),
    beat_at timestamptz
);
comment on table ops.alert_heartbeat is 'One row: since when failures are told, and when the sender last did a whole pass.';
create unique index alert_heartbeat_single on ops.alert_heartbeat ((true));
insert into ops.alert_heartbeat default values;
