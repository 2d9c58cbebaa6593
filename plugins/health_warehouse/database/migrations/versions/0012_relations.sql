---------- findings that depend on more than one delivery

create table quarantine.relation_findings (
    finding_id bigint generated always as identity primary key,
    file_id bigint not null references ops.files,
    position integer not null,
    line integer,
    table_name text,
    field text,
    facility_id text,
    dossier_id text,
    rule_id text not null,
    severity text not null check (severity in ('quarantine_dossier', 'flag_line', 'record')),
    reason text not null,
    found_at timestamptz not null default clock_timestamp()
);
comment on table quarantine.relation_findings is
'One row per thing wrong that shows only beside other deliveries. A function of what was delivered, not of the order '
'of processing: rows of a dossier are replaced whenever something that they depend on changes.';
create index relation_findings_version on quarantine.relation_findings (file_id, position);

create view quarantine.all_findings as
select
    file_id, position, line, table_name, field, facility_id, dossier_id, rule_id, severity, reason,
    0 as part, finding_id
from quarantine.findings
union all
select
    file_id, position, line, table_name, field, facility_id, dossier_id, rule_id, severity, reason,
    1 as part, finding_id
from quarantine.relation_findings;
comment on view quarantine.all_findings is
'One row per thing wrong: found in a delivery by itself (part 0) or beside others (part 1). finding_id orders a part.';

alter table ops.check_runs drop constraint check_runs_suite_check;
alter table ops.check_runs add constraint check_runs_suite_check
check (suite in ('landing', 'relations', 'marts'));

---------- check-ins in the log of changes

-- Check-ins are no dossiers, so the log of dossiers does not name them. Their days have numbers of
-- the same sequence, given under the same lock, so that a stretch of the log covers both.
create function raw.next_change_id() returns bigint
language sql volatile security definer set search_path = ''
return nextval(cast(pg_get_serial_sequence('ops.dossier_changes', 'change_id') as regclass));
comment on function raw.next_change_id() is
'The next number in the log of changes. Only for whoever holds the lock of settling.';

create table ops.check_in_days (
    facility_id text not null,
    day date not null,
    change_id bigint not null default raw.next_change_id(),
    primary key (facility_id, day)
);
comment on table ops.check_in_days is
'One row per facility and day (NGAY_VAO) with a check-in that was accepted.';
comment on column ops.check_in_days.change_id is
'When the last check-in of that day came, as a number in the log ops.dossier_changes.';
create index check_in_days_change on ops.check_in_days (change_id);

create view ops.log_end as
select greatest(
    (select coalesce(max(change_id), 0) from ops.dossier_changes),
    (select coalesce(max(change_id), 0) from ops.check_in_days)
) as change_id;
comment on view ops.log_end is 'One row: the last number in the log of changes, 0 before the first.';

insert into ops.check_in_days (facility_id, day, change_id)
select distinct check_in.facility_id, raw.parse_date(check_in.ngay_vao), 0
from raw.check_ins as check_in
inner join ops.files as f using (file_id)
where f.status = 'loaded' and f.judged_at is not null and raw.parse_date(check_in.ngay_vao) is not null;

-- What rules need to know of the card, for whoever may not see its number.
create view raw.card_kinds as
select
    file_id,
    position,
    coalesce(btrim(ma_the_bhyt), '') <> '' as is_given,
    coalesce(ma_the_bhyt ~ '[0-9]{10}' and ma_the_bhyt !~* 'PP', false) as has_insurance_number
from raw.claims_xml1;
comment on view raw.card_kinds is
'One row per dossier version with a header: whether a card is given, and one with an insurance number (no temporary '
'card of a newborn, TE1PP…).';
