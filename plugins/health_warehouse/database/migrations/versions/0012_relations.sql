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

---------- what a version replaces, and what a person decides about it

alter table ops.dossier_versions
add column identifier_hashes uuid[],
add column care_days daterange,
add column standing text not null default 'open' check (standing in ('open', 'pending', 'refused'));
comment on column ops.dossier_versions.identifier_hashes is
'Keyed hashes of what identifies the person (insurance numbers, citizen id, MA_BN, name and birth), of this dossier alone: '
'they compare its versions and are found nowhere else. Null: nothing identifies the person, or not known.';
comment on column ops.dossier_versions.care_days is
'Local days from NGAY_VAO to NGAY_RA; null when they cannot be read, or not known.';
comment on column ops.dossier_versions.standing is
'pending: it would replace the dossier of another person and another time, and waits for a decision. refused: a person '
'decided against it. Written only by landing/versions.py.';
create index dossier_versions_held on ops.dossier_versions (file_id, position) where standing <> 'open';

create table ops.decisions (
    decision_id bigint generated always as identity primary key,
    sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    position integer not null,
    about text not null check (about in ('replacement', 'order')),
    decision text not null check (decision in ('accepted', 'refused')),
    decided_by text not null,
    decided_at timestamptz not null default clock_timestamp(),
    note text not null default ''
);
comment on table ops.decisions is
'One row per decision of a person about a dossier version; the last one about it holds. An input like a delivery: '
'never changed, and named by content, so that it holds when the file is read again.';
comment on column ops.decisions.sha256 is 'Of the file, as in ops.files.';
comment on column ops.decisions.position is 'Place of the dossier in the file, from 1.';
comment on column ops.decisions.about is
'replacement: whether it may replace the dossier of somebody else. order: whether it wins over versions that were seen '
'before it and claim to have been received later.';
create index decisions_version on ops.decisions (sha256, position);

create or replace view ops.version_states as
select
    v.file_id,
    v.position,
    v.facility_id,
    v.dossier_id,
    v.line_count,
    case
        when f.status = 'refused' or v.verdict is distinct from 'accepted' or v.standing = 'refused' then 'quarantined'
        when v.standing = 'pending' then 'pending'
        when c.file_id is null then 'superseded'
        when v.is_withdrawal then 'withdrawn'
        else 'loaded'
    end as state
from ops.dossier_versions as v
inner join ops.files as f using (file_id)
left join ops.current_dossiers as c on c.file_id = v.file_id and c.position = v.position;

create or replace view ops.ledger as
select
    r.receipt_number,
    r.received_at,
    r.file_id,
    f.sha256,
    f.byte_count,
    f.facility_id,
    f.declared_date,
    f.kind,
    f.is_signed,
    case when r.is_repeated then 'duplicate' else f.status end as status,
    case
        when r.is_repeated then 'the same bytes were received before'
        when f.status = 'refused' then f.rule_id || ': ' || f.reason
        when f.status = 'not_taken' then f.reason
        when f.judged_at is null then 'not checked yet'
    end as reason,
    f.loaded_at,
    f.judged_at,
    f.dossier_count as dossiers_received,
    coalesce(s.dossiers_loaded, 0) as dossiers_loaded,
    case
        when r.is_repeated then 0
        when f.status = 'refused' then f.dossier_count
        else coalesce(s.dossiers_quarantined, 0)
    end as dossiers_quarantined,
    case when r.is_repeated then f.dossier_count else 0 end as dossiers_duplicate,
    coalesce(s.dossiers_superseded, 0) as dossiers_superseded,
    coalesce(s.dossiers_withdrawn, 0) as dossiers_withdrawn,
    f.line_count as lines_received,
    case
        when r.is_repeated or f.status = 'refused' then 0
        when f.kind = 'check_ins' then c.rows_kept
        else coalesce(s.lines_loaded, 0)
    end as lines_loaded,
    case
        when r.is_repeated then 0
        when f.status = 'refused' then f.line_count
        when f.kind = 'check_ins' then f.line_count - c.rows_kept - c.lines_blank
        else coalesce(s.lines_quarantined, 0)
    end as lines_quarantined,
    case when r.is_repeated then f.line_count else 0 end as lines_duplicate,
    coalesce(s.lines_superseded, 0) as lines_superseded,
    coalesce(s.lines_withdrawn, 0) as lines_withdrawn,
    case when r.is_repeated or f.status = 'refused' then 0 else c.lines_blank end as lines_blank,
    f.blank_counts,
    coalesce(s.dossiers_pending, 0) as dossiers_pending,
    coalesce(s.lines_pending, 0) as lines_pending
from (
    select
        file_id,
        received_at,
        row_number() over receipts_of_file as receipt_number,
        row_number() over receipts_of_file > 1 as is_repeated
    from ops.file_receipts
    window receipts_of_file as (
        partition by file_id order by received_at, file_name collate "C", uri collate "C"
    )
) as r
inner join ops.files as f using (file_id)
cross join lateral (
    select
        coalesce(cast(f.row_counts ->> 'XML0' as bigint), 0) as rows_kept,
        coalesce(cast(f.blank_counts ->> 'XML0' as bigint), 0)
        + coalesce(cast(f.blank_counts ->> 'XML2' as bigint), 0)
        + coalesce(cast(f.blank_counts ->> 'XML3' as bigint), 0) as lines_blank
) as c
left join lateral (
    select
        count(*) filter (where v.state = 'loaded') as dossiers_loaded,
        count(*) filter (where v.state = 'quarantined') as dossiers_quarantined,
        count(*) filter (where v.state = 'superseded') as dossiers_superseded,
        count(*) filter (where v.state = 'withdrawn') as dossiers_withdrawn,
        sum(v.line_count) filter (where v.state = 'loaded') as lines_loaded,
        sum(v.line_count) filter (where v.state = 'quarantined') as lines_quarantined,
        sum(v.line_count) filter (where v.state = 'superseded') as lines_superseded,
        sum(v.line_count) filter (where v.state = 'withdrawn') as lines_withdrawn,
        count(*) filter (where v.state = 'pending') as dossiers_pending,
        sum(v.line_count) filter (where v.state = 'pending') as lines_pending
    from ops.version_states as v
    where v.file_id = r.file_id and f.status = 'loaded' and not r.is_repeated
) as s on true;
comment on view ops.ledger is
'One row per receipt of a file, counts as of now. For dossiers and for lines (of XML2 and XML3, or check-ins): '
'received = loaded + quarantined + duplicate + superseded + withdrawn + pending + blank; no dossier is blank. Its name is in '
'vault.delivery_names.';

---------- receipts in the archive

alter table ops.file_receipts add column in_manifest boolean not null default false;
comment on column ops.file_receipts.in_manifest is
'Whether the archive holds a line of this receipt, from which `warehouse replay` brings it back.';
comment on column ops.file_receipts.seen_at is
'When a listing first showed this receipt, the same for all of a listing. It orders nothing; rule V07 looks at it.';
create index file_receipts_unlisted on ops.file_receipts (file_id) where not in_manifest;
