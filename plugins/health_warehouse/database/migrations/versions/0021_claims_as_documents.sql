-- Claims are documents like those of every other feed: their versions, what counts of them and the
-- log of changes lie in the tables of documents. The names of before are views.

alter table ops.dossier_versions rename to former_dossier_versions;
alter table ops.current_dossiers rename to former_current_dossiers;
alter table ops.dossier_changes rename to former_dossier_changes;

---------- a feed of rows, or of documents with rows of several kinds

alter table ops.feeds add column is_of_rows boolean not null default true;
insert into ops.feeds (feed, mode, is_of_rows) values ('claims', 'upsert', false);
comment on table ops.feeds is
'One row per feed of which this warehouse has documents; `warehouse migrate` makes it, its table in raw and its partitions.';
comment on column ops.feeds.is_of_rows is
'Whether each row is a document. Otherwise a document has rows in several tables of raw.';

---------- versions

alter table ops.document_versions
alter column content_hash drop not null,
add column document_name text,
add column local_person_key uuid,
add column identifier_hashes uuid[],
add column care_days daterange,
add column line_count integer,
add column has_rows boolean not null default true;
comment on table ops.document_versions is
'One row per document as delivered once, in one partition that the delivery speaks for: a row of a list, or a dossier. '
'Each feed has a table of its own below this one.';
comment on column ops.document_versions.position is
'Place of the document in the delivery, from 1; its rows in raw have it, too.';
comment on column ops.document_versions.content_hash is
'HMAC of the values of the row: equal where nothing changed. Null: the content is not compared, every delivery is a version.';
comment on column ops.document_versions.document_name is
'What names the document within its sender, in its canonical form, where one code does (MA_LK of a dossier); as sent it '
'is in raw. Null otherwise.';
comment on column ops.document_versions.local_person_key is
'The person''s key within the sender, found nowhere else; null where nothing names a person, or while its rows are not in raw.';
comment on column ops.document_versions.identifier_hashes is
'Keyed hashes of what identifies the person, of this document alone: they compare its versions and are found nowhere '
'else. Null: nothing identifies the person, not known, or not compared.';
comment on column ops.document_versions.care_days is
'Local days of which the document speaks, from the first to the last, by which versions are compared; null as above.';
comment on column ops.document_versions.line_count is
'Lines that the ledger counts in it; null: the document is a line itself.';
comment on column ops.document_versions.has_rows is
'false: maintenance removed its rows from raw; should it come to count again, they come back from the archive.';
create index document_versions_without_rows on ops.document_versions (file_id, position) where not has_rows;

create table ops.document_versions_claims partition of ops.document_versions for values in ('claims');
alter table ops.document_versions_claims
alter column feed set default 'claims',
alter column partition_key set default '',
alter column document_key set not null,
alter column document_name set not null,
alter column line_count set not null,
add unique (file_id, position);
create index document_versions_claims_name on ops.document_versions_claims (sender_id, document_name);

create view ops.dossier_versions as
select
    file_id,
    position,
    sender_id as facility_id,
    document_name as dossier_id,
    document_key as encounter_key,
    local_person_key,
    identifier_hashes,
    care_days,
    is_withdrawal,
    line_count,
    has_rows,
    verdict,
    standing
from ops.document_versions_claims;
comment on view ops.dossier_versions is
'One row per dossier as delivered once: what ops.document_versions holds of claims, by the words of claims.';
comment on column ops.dossier_versions.dossier_id is
'MA_LK in its canonical form, in which it identifies the dossier; as sent it is in raw.';
comment on column ops.dossier_versions.encounter_key is
'The key of the dossier in the marts: HMAC of facility and MA_LK.';
comment on column ops.dossier_versions.is_withdrawal is 'MA_DOITUONG_KCB is 8: the facility takes the dossier back.';

---------- what counts

create table ops.current_documents_claims partition of ops.current_documents for values in ('claims');
alter table ops.current_documents_claims
alter column feed set default 'claims',
alter column partition_key set default '',
add foreign key (file_id, position) references ops.document_versions_claims (file_id, position);

-- Postgres leaves the join out where nobody asks for a name; feed and partition are said, so that one is found by its key.
create view ops.current_dossiers as
select
    v.sender_id as facility_id,
    v.document_name as dossier_id,
    c.document_key as encounter_key,
    c.file_id,
    c.position,
    c.is_withdrawal
from ops.current_documents_claims as c
left join ops.document_versions_claims as v on v.file_id = c.file_id and v.position = c.position
where c.feed = 'claims' and c.partition_key = '';
comment on view ops.current_dossiers is
'The version that counts now, one row per dossier: what ops.current_documents holds of claims.';

---------- the log of changes

-- Numbers go on behind those that were given.
alter table ops.document_changes alter column change_id drop default;
alter table ops.document_changes alter column change_id add generated by default as identity;
select setval('ops.document_changes_change_id_seq', last_value, is_called)
from ops.dossier_changes_change_id_seq;
drop function raw.next_change_id();
alter table ops.document_changes add column sender_id text;
comment on column ops.document_changes.sender_id is
'Of the document, also where it has no content any more; null in what was written before it was noted.';
comment on table ops.document_changes is
'The log of changes of what a document''s content is; null: no content. Builds read the stretch between two change ids, so '
'their cost follows the change. Ids are given under one lock held to commit: a visible id has no smaller one still to come.';
create index document_changes_old on ops.document_changes (old_file_id, old_position)
where old_file_id is not null;

create view ops.dossier_changes as
select
    c.change_id,
    c.sender_id as facility_id,
    v.document_name as dossier_id,
    c.document_key as encounter_key,
    c.old_file_id,
    c.old_position,
    c.new_file_id,
    c.new_position,
    c.changed_at
from ops.document_changes as c
left join ops.document_versions_claims as v
    on
        v.file_id = coalesce(c.new_file_id, c.old_file_id)
        and v.position = coalesce(c.new_position, c.old_position)
where c.feed = 'claims';
comment on view ops.dossier_changes is
'The log of changes of dossiers: what ops.document_changes holds of claims. dossier_id is null once its versions are gone.';

create or replace view ops.log_end as
select coalesce(max(change_id), 0) as change_id from ops.document_changes;

---------- a delivery of claims speaks for its facility

insert into ops.delivery_partitions (
    feed, file_id, partition_key, sender_id, received_at, is_complete, document_count
)
select 'claims', file_id, '', coalesce(facility_id, ''), received_at, true, dossier_count
from ops.files
where kind = 'claims' and status = 'loaded';

-- By it those that wait for a decision are found.
create index relation_findings_held on quarantine.relation_findings (file_id, position)
where rule_id = 'V06';

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
    coalesce(d.loaded, 0) as dossiers_loaded,
    case
        when r.is_repeated then 0
        when f.status = 'refused' then f.dossier_count
        when e.is_of_rows then f.dossier_count - d.settled - d.elsewhere
        else coalesce(d.held, 0)
    end as dossiers_quarantined,
    case
        when r.is_repeated then f.dossier_count
        else cast(coalesce(d.duplicate + d.elsewhere, 0) as integer)
    end as dossiers_duplicate,
    coalesce(d.superseded, 0) as dossiers_superseded,
    coalesce(d.withdrawn, 0) as dossiers_withdrawn,
    f.line_count as lines_received,
    case
        when r.is_repeated or f.status = 'refused' then 0
        else coalesce(d.loaded_lines, 0)
    end as lines_loaded,
    case
        when r.is_repeated then 0
        when f.status = 'refused' then f.line_count
        when e.is_of_rows then f.dossier_count - d.settled - d.elsewhere
        else coalesce(d.held_lines, 0)
    end as lines_quarantined,
    case when r.is_repeated then f.line_count else coalesce(d.duplicate_lines, 0) + coalesce(d.elsewhere, 0) end as lines_duplicate,
    coalesce(d.superseded_lines, 0) as lines_superseded,
    coalesce(d.withdrawn_lines, 0) as lines_withdrawn,
    case
        when r.is_repeated or f.status = 'refused' then 0
        when e.is_of_rows then f.line_count - f.dossier_count
        else c.lines_blank
    end as lines_blank,
    f.blank_counts,
    coalesce(d.pending, 0) as dossiers_pending,
    coalesce(d.pending_lines, 0) as lines_pending,
    coalesce(d.ended, 0) as dossiers_ended,
    coalesce(d.ended_lines, 0) as lines_ended
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
left join ops.feeds as e on e.feed = f.kind
left join lateral (
    select
        count(*) filter (where is_here and v.standing = 'loaded') as loaded,
        count(*) filter (where is_here and v.standing = 'withdrawn') as withdrawn,
        count(*) filter (where is_here and v.standing = 'duplicate') as duplicate,
        count(*) filter (where is_here and v.standing = 'superseded') as superseded,
        count(*) filter (where is_here and v.standing = 'ended') as ended,
        count(*) filter (where is_here and v.standing = 'pending') as pending,
        count(*) filter (where v.standing is null or v.standing = 'quarantined') as held,
        count(*) filter (where is_here and v.standing <> 'quarantined') as settled,
        sum(line_count) filter (where is_here and v.standing = 'loaded') as loaded_lines,
        sum(line_count) filter (where is_here and v.standing = 'withdrawn') as withdrawn_lines,
        sum(line_count) filter (where is_here and v.standing = 'duplicate') as duplicate_lines,
        sum(line_count) filter (where is_here and v.standing = 'superseded') as superseded_lines,
        sum(line_count) filter (where is_here and v.standing = 'ended') as ended_lines,
        sum(line_count) filter (where is_here and v.standing = 'pending') as pending_lines,
        sum(line_count) filter (where v.standing is null or v.standing = 'quarantined') as held_lines,
        -- rows of which only another receipt speaks
        count(distinct v.position) - count(distinct v.position) filter (where is_here) as elsewhere
    from (
        select
            v.position,
            v.standing,
            coalesce(v.line_count, 1) as line_count,
            v.partition_key = '' or exists (
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
    having e.feed is not null
) as d on true;
comment on view ops.ledger is
'One row per receipt of a file, counts as of now. For dossiers and for lines (of XML2 and XML3, or rows, each of which '
'is a document): received = loaded + quarantined + duplicate + superseded + withdrawn + ended + pending + blank; no '
'dossier is blank. Its name is in vault.delivery_names.';


drop view ops.version_states;

---------- deliveries that count as one

create or replace view ops.told_deliveries as
with lists as not materialized (
    select
        p.feed,
        p.file_id,
        p.sender_id,
        split_part(p.partition_key, '/', 1) as first_part,
        split_part(p.partition_key, '/', 2) as second_part,
        case when p.as_of_source is distinct from 'receipt_month' then p.as_of end as day,
        p.received_at
    from ops.delivery_partitions as p
    inner join ops.feeds as e on e.feed = p.feed and e.mode = 'snapshot'
    inner join ops.files as f on f.file_id = p.file_id
    where p.standing <> 'refused' and f.status = 'loaded' and f.judged_at is not null
),

documents as not materialized (
    select
        d.feed,
        d.file_id,
        d.sender_id,
        d.day,
        r.received_at
    from ops.delivery_days as d
    inner join ops.files as f on f.file_id = d.file_id
    inner join ops.file_receipts as r on r.file_id = d.file_id
    where f.status = 'loaded' and f.judged_at is not null
),

others as not materialized (
    select
        f.kind as feed,
        f.file_id,
        f.facility_id as sender_id,
        cast(null as date) as day,
        f.received_at -- the same dossiers sent again are nothing new
    from ops.files as f
    where
        f.kind not in (select feed from ops.feeds where is_of_rows)
        and f.status = 'loaded' and f.judged_at is not null and f.facility_id is not null
)

select feed, file_id, sender_id, day, received_at from lists
union all
select feed, file_id, first_part, day, received_at from lists where first_part <> sender_id
union all
select feed, file_id, second_part, day, received_at from lists where second_part <> sender_id
union all
select feed, file_id, '', day, received_at from lists
union all
select feed, file_id, sender_id, day, received_at from documents
union all
select feed, file_id, '', day, received_at from documents
union all
select feed, file_id, sender_id, day, received_at from others
union all
select feed, file_id, '', day, received_at from others;
