-- Documents of feeds that contracts describe. Claims have tables of their own beside these.

create schema feeds;
comment on schema feeds is
'Each feed as it stands now: one view per feed, typed by its contract, without personal columns.';

create table ops.feeds (
    feed text primary key check (feed ~ '^[a-z][a-z0-9_]*$'),
    mode text not null check (mode in ('upsert', 'snapshot', 'append')),
    taken_up_at timestamptz not null default clock_timestamp()
);
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
    is_withdrawal boolean not null default false,
    verdict text check (verdict in ('accepted', 'quarantined')),
    standing text check (
        standing in ('loaded', 'withdrawn', 'duplicate', 'superseded', 'ended', 'pending', 'quarantined')
    ),
    primary key (feed, file_id, position, partition_key)
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
create index current_documents_version on ops.current_documents (feed, file_id, position);

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

-- A delivery that a person is asked about is named by its bytes and no place in them.
alter table ops.decisions
drop constraint decisions_about_check,
add constraint decisions_about_check check (about in ('replacement', 'order', 'shrinking'));
comment on column ops.decisions.position is 'Place of the dossier in the file, from 1; 0: the delivery as a whole.';
comment on column ops.decisions.about is
'replacement: whether it may replace the dossier of somebody else. order: whether it wins over versions that were seen '
'before it and claim to have been received later. shrinking: whether a list that lacks many of the list before it counts.';
