-- Documents of feeds that contracts describe. Claims have tables of their own beside these.

create schema feeds;
comment on schema feeds is
'Each feed as it stands now: one view per feed, typed by its contract, without personal columns.';

create table ops.feeds (
    feed text primary key check (feed ~ '^[a-z][a-z0-9_]*$'),
    mode text not null check (mode in ('upsert', 'snapshot', 'append')),
    made_by text not null default '',
    taken_up_at timestamptz not null default clock_timestamp()
);
comment on column ops.feeds.made_by is
'A mark of what the contract said the keys of documents are made of, when it was taken up last.';
comment on table ops.feeds is
'One row per feed of rows that this warehouse has a table for in raw; `warehouse migrate` makes both.';

create table ops.document_versions (
    feed text not null references ops.feeds,
    file_id bigint not null references ops.files,
    position integer not null,
    partition_key text not null,
    sender_id text not null,
    document_key uuid,
    content_hash uuid not null,
    order_key text,
    refers_to_key uuid,
    is_withdrawal boolean not null default false,
    verdict text check (verdict in ('accepted', 'quarantined')),
    standing text check (
        standing in ('loaded', 'withdrawn', 'duplicate', 'superseded', 'ended', 'pending', 'quarantined')
    ),
    primary key (file_id, position, partition_key, feed)
) partition by list (feed);
comment on table ops.document_versions is
'One row per document as delivered once: a row of a delivery, in one partition that the delivery speaks for. Each feed '
'has a table of its own below this one.';
comment on column ops.document_versions.position is 'Place of the row in the delivery, from 1; its row in raw has it, too.';
comment on column ops.document_versions.partition_key is 'As in ops.delivery_partitions.';
comment on column ops.document_versions.document_key is
'HMAC of what names the document; null: that could not be read, and the row is quarantined.';
comment on column ops.document_versions.content_hash is 'HMAC of the values of the row: equal where nothing changed.';
comment on column ops.document_versions.order_key is
'The sender''s own time or number of the version, as text that sorts, where the contract trusts it.';
comment on column ops.document_versions.refers_to_key is
'The key of the document of another feed that it speaks of, such as the dossier of a check-in.';
comment on column ops.document_versions.verdict is 'null: not judged yet.';
comment on column ops.document_versions.standing is
'Where it stands now, written only by landing/document_settlement.py; null: not judged yet.';
create index document_versions_document on ops.document_versions (feed, partition_key, document_key);

create table ops.delivery_partitions (
    feed text not null references ops.feeds,
    file_id bigint not null references ops.files,
    partition_key text not null,
    sender_id text not null,
    as_of date,
    as_of_source text,
    received_at timestamptz not null,
    is_complete boolean not null,
    document_count integer not null,
    standing text not null default 'open' check (standing in ('open', 'pending', 'refused')),
    primary key (feed, file_id, partition_key)
);
comment on table ops.delivery_partitions is
'One row per partition that a delivery speaks for, also with no row in it. A list of the same sender and day replaces '
'another one; a list of another day is another partition and closes nothing.';
comment on column ops.delivery_partitions.partition_key is
'Sender and day of a list: 96001/2026-06-30. Empty for feeds that replace single documents.';
comment on column ops.delivery_partitions.as_of_source is 'Which source of the contract said the day: column, file_name, receipt_month.';
comment on column ops.delivery_partitions.received_at is 'Earliest receipt by which these bytes speak for this partition.';
comment on column ops.delivery_partitions.is_complete is
'false: it has rows whose key cannot be read, so nobody is taken to have gone because it does not name them.';
comment on column ops.delivery_partitions.standing is
'pending: it lacks so many documents of the list before it that a person must decide. refused: a person decided '
'against it.';
create index delivery_partitions_partition on ops.delivery_partitions (feed, partition_key);
create index delivery_partitions_file on ops.delivery_partitions (file_id);

create table ops.current_documents (
    feed text not null references ops.feeds,
    partition_key text not null,
    document_key uuid not null,
    file_id bigint not null,
    position integer not null,
    is_withdrawal boolean not null,
    primary key (feed, partition_key, document_key)
) partition by list (feed);
comment on table ops.current_documents is
'The version that counts now, one per document. Where nothing changed since, it is the older one. Written only by '
'landing/document_settlement.py.';
create index current_documents_version on ops.current_documents (file_id, position);

create table ops.document_changes (
    change_id bigint primary key default raw.next_change_id(),
    feed text not null references ops.feeds,
    partition_key text not null,
    document_key uuid not null,
    old_file_id bigint,
    old_position integer,
    new_file_id bigint,
    new_position integer,
    changed_at timestamptz not null default clock_timestamp()
);
comment on table ops.document_changes is
'The log of changes of what a document''s content is; null: no content. Its numbers are those of ops.dossier_changes, '
'given under the same lock, so that one stretch covers every feed.';
create index document_changes_feed on ops.document_changes (feed, change_id);

create or replace view ops.log_end as
select greatest(
    (select coalesce(max(change_id), 0) from ops.dossier_changes),
    (select coalesce(max(change_id), 0) from ops.document_changes)
) as change_id;

---------- check-ins are documents

-- Rows of before have no versions, so nobody reads them; `warehouse upgrade` reads their files again.
insert into ops.feeds (feed, mode) values ('check_ins', 'upsert');
create table ops.document_versions_check_ins partition of ops.document_versions for values in ('check_ins');
create table ops.current_documents_check_ins partition of ops.current_documents for values in ('check_ins');
create index document_versions_check_ins_dossier on ops.document_versions_check_ins (refers_to_key);
drop index raw.check_ins_dossier;
alter table raw.check_ins rename column line to position;
alter table raw.check_ins drop column facility_id;
create index check_ins_day on raw.check_ins (raw.canonical_code(ma_cskcb), left(ngay_vao, 8));
drop table ops.check_in_days;
update ops.files set judged_at = clock_timestamp() where kind = 'check_ins' and judged_at is null;
insert into ops.upgrades (name)
select 'check-ins as documents' where exists (select from ops.files where kind = 'check_ins' and status = 'loaded');

-- A delivery that a person is asked about is named by its bytes and no place in them.
alter table ops.decisions
drop constraint decisions_about_check,
add constraint decisions_about_check check (about in ('replacement', 'order', 'shrinking'));
comment on column ops.decisions.position is 'Place of the dossier in the file, from 1; 0: the delivery as a whole.';
comment on column ops.decisions.about is
'replacement: whether it may replace the dossier of somebody else. order: whether it wins over versions that were seen '
'before it and claim to have been received later. shrinking: whether a list that lacks many of the list before it counts.';

-- By it a delivery is routed and its sender is told, also after the inbox has moved.
alter table ops.file_receipts add column path text;
comment on column ops.file_receipts.path is
'Where it lay below the inbox of then; null: received before there were contracts.';

---------- the ledger

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
    coalesce(d.loaded, s.dossiers_loaded, 0) as dossiers_loaded,
    case
        when r.is_repeated then 0
        when f.status = 'refused' then f.dossier_count
        when d.is_of_rows then f.dossier_count - d.settled - d.elsewhere
        else coalesce(s.dossiers_quarantined, 0)
    end as dossiers_quarantined,
    case
        when r.is_repeated then f.dossier_count
        else cast(coalesce(d.duplicate + d.elsewhere, 0) as integer)
    end as dossiers_duplicate,
    coalesce(d.superseded, s.dossiers_superseded, 0) as dossiers_superseded,
    coalesce(d.withdrawn, s.dossiers_withdrawn, 0) as dossiers_withdrawn,
    f.line_count as lines_received,
    case
        when r.is_repeated or f.status = 'refused' then 0
        when d.is_of_rows then d.loaded
        else coalesce(s.lines_loaded, 0)
    end as lines_loaded,
    case
        when r.is_repeated then 0
        when f.status = 'refused' then f.line_count
        when d.is_of_rows then f.dossier_count - d.settled - d.elsewhere
        else coalesce(s.lines_quarantined, 0)
    end as lines_quarantined,
    case when r.is_repeated then f.line_count else coalesce(d.duplicate + d.elsewhere, 0) end as lines_duplicate,
    coalesce(d.superseded, s.lines_superseded, 0) as lines_superseded,
    coalesce(d.withdrawn, s.lines_withdrawn, 0) as lines_withdrawn,
    case
        when r.is_repeated or f.status = 'refused' then 0
        when d.is_of_rows then f.line_count - f.dossier_count
        else c.lines_blank
    end as lines_blank,
    f.blank_counts,
    coalesce(d.pending, s.dossiers_pending, 0) as dossiers_pending,
    coalesce(d.pending, s.lines_pending, 0) as lines_pending,
    coalesce(d.ended, 0) as dossiers_ended,
    coalesce(d.ended, 0) as lines_ended
from (
    select
        r.file_id,
        r.received_at,
        row_number() over receipts_of_file as receipt_number,
        -- bytes that came again are no repetition where they speak for another partition
        row_number() over receipts_of_file > 1
        and (
            lag(r.received_at) over receipts_of_file = r.received_at
            or not exists (
                select from ops.delivery_partitions as p
                where p.file_id = r.file_id and p.received_at = r.received_at
            )
        ) as is_repeated
    from ops.file_receipts as r
    window receipts_of_file as (
        partition by r.file_id order by r.received_at, r.file_name collate "C", r.uri collate "C"
    )
) as r
inner join ops.files as f using (file_id)
cross join lateral (
    select
        coalesce(cast(f.blank_counts ->> 'XML2' as bigint), 0)
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
) as s on true
left join lateral (
    select
        true as is_of_rows,
        count(*) filter (where is_here and v.standing = 'loaded') as loaded,
        count(*) filter (where is_here and v.standing = 'withdrawn') as withdrawn,
        count(*) filter (where is_here and v.standing = 'duplicate') as duplicate,
        count(*) filter (where is_here and v.standing = 'superseded') as superseded,
        count(*) filter (where is_here and v.standing = 'ended') as ended,
        count(*) filter (where is_here and v.standing = 'pending') as pending,
        count(*) filter (where is_here and v.standing <> 'quarantined') as settled,
        -- rows of which only another receipt speaks
        count(distinct v.position) - count(distinct v.position) filter (where is_here) as elsewhere
    from (
        select
            v.position,
            v.standing,
            exists (
                select from ops.delivery_partitions as p
                where
                    p.feed = v.feed and p.file_id = v.file_id and p.partition_key = v.partition_key
                    and p.received_at = r.received_at
            ) as is_here
        from ops.document_versions as v
        where
            v.file_id = r.file_id and v.feed = f.kind and f.status = 'loaded' and not r.is_repeated
            and v.document_key is not null
    ) as v
    having f.kind in (select feed from ops.feeds)
) as d on true;
comment on view ops.ledger is
'One row per receipt of a file, counts as of now. For dossiers and for lines (of XML2 and XML3, or rows, each of which '
'is a document): received = loaded + quarantined + duplicate + superseded + withdrawn + ended + pending + blank; no '
'dossier is blank. Its name is in vault.delivery_names.';

---------- values of any form

-- Of a function in SQL with a sub-select Postgres makes a plan at every call: ten times the time.
create function raw.parse_moment(value text, pattern text, parts text) returns timestamp
language plpgsql immutable parallel safe strict
as $$
declare
    written text[] := regexp_match(btrim(value, E' \t\r\n\u00a0'), pattern);
    day text;
    hour text;
    minute text;
    second text;
begin
    if written is null then
        return null;
    end if;
    day := written[strpos(parts, 'y')]
        || '-' || coalesce(written[nullif(strpos(parts, 'm'), 0)], '1')
        || '-' || coalesce(written[nullif(strpos(parts, 'd'), 0)], '1');
    hour := lpad(coalesce(written[nullif(strpos(parts, 'H'), 0)], '0'), 2, '0');
    minute := coalesce(written[nullif(strpos(parts, 'M'), 0)], '0');
    second := coalesce(written[nullif(strpos(parts, 'S'), 0)], '0');
    if day < '1900' or hour > '23' or minute > '59' or second > '59'
        or not pg_input_is_valid(day, 'date')
    then
        return null;
    end if;
    return cast(day as date)
        + make_time(cast(hour as integer), cast(minute as integer), cast(second as integer));
end
$$;
comment on function raw.parse_moment(text, text, text) is
'A local time by a regular expression with a group per part and the letters of the parts (y m d H M S); null when it '
'does not fit or the calendar has no such day since 1900. As feeds/dates.py has it.';

create function raw.parse_flag(value text) returns boolean
language sql immutable parallel safe
return case
    when lower(btrim(value)) in ('1', 'true', 'x', 'yes', 'có', 'đúng') then true
    when lower(btrim(value)) in ('0', 'false', 'no', 'không', 'sai') then false
end;
comment on function raw.parse_flag(text) is 'Yes or no, as people and programs write it; null for anything else.';

alter table vault.person_identifiers
drop constraint person_identifiers_kind_check,
add constraint person_identifiers_kind_check check (
    kind in ('name', 'citizen_id', 'card', 'insurance_number', 'local_id', 'phone', 'birth', 'licence')
);
