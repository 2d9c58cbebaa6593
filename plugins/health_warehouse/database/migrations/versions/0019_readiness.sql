create table ops.arrivals (
    feed text primary key,
    file_count integer not null,
    byte_count bigint not null,
    oldest_at timestamptz,
    waits_since timestamptz
);
comment on table ops.arrivals is
'One row per feed that ever waited: the new files that its run takes in, when the inbox was listed last. Told to people; '
'the list of work is the inbox against the ledger.';
comment on column ops.arrivals.feed is
'The feed whose run takes them. What they hold is found out when they are read: files of feeds that are called alike, '
'bundles and files that nobody reads have one run between them.';
comment on column ops.arrivals.oldest_at is 'When the oldest of them was received; null: none waits.';
comment on column ops.arrivals.waits_since is 'When the first of them was seen; null: none waits.';

---------- the calendar: who owes what and when, and what came of it

create table ops.delivery_days (
    feed text not null references ops.feeds,
    file_id bigint not null references ops.files on delete cascade,
    sender_id text not null,
    day date,
    unique nulls not distinct (feed, file_id, sender_id, day)
);
comment on table ops.delivery_days is
'One row per delivery of a feed that replaces single documents, per sender in it and per day that its rows speak of. What '
'a list speaks for is in ops.delivery_partitions.';
comment on column ops.delivery_days.day is
'By the column of the contract that says the period; null: no column does, and the day of receipt counts.';
create index delivery_days_file on ops.delivery_days (file_id);
insert into ops.delivery_days (feed, file_id, sender_id)
select distinct v.feed, v.file_id, v.sender_id
from ops.document_versions as v
inner join ops.feeds as f using (feed)
where f.mode <> 'snapshot';

create table ops.expected_deliveries (
    feed text not null,
    sender_id text not null,
    calendar text not null,
    period text not null,
    period_start date not null,
    period_end date not null,
    due_at timestamptz not null,
    missing_at timestamptz not null,
    counts_from timestamptz not null,
    counts_until timestamptz not null,
    matched_by text not null,
    is_told boolean not null,
    primary key (feed, sender_id, period_start)
);
comment on table ops.expected_deliveries is
'One row per delivery that a contract asks for: of a feed, from a sender, for a period; filled ahead, so that it is there '
'whatever else stands still. Written by landing/expected.py.';
comment on column ops.expected_deliveries.sender_id is
'The facility or other sender that owes it; of a feed that anybody may send, the word of its contract.';
comment on column ops.expected_deliveries.calendar is 'The calendar of the period, as contracts name it.';
comment on column ops.expected_deliveries.period is 'The name of the period, such as 2026-06.';
comment on column ops.expected_deliveries.due_at is 'Until then it is in time: 24:00 local time of the last day.';
comment on column ops.expected_deliveries.missing_at is 'From then on it is missing; until then it is late.';
comment on column ops.expected_deliveries.counts_from is
'What names no day counts when it is received after this, the due moment of the period before.';
comment on column ops.expected_deliveries.counts_until is
'And not after this, the due moment of the period behind: then it is that one''s.';
comment on column ops.expected_deliveries.matched_by is 'The sender whose delivery it must be; empty: anybody''s.';
comment on column ops.expected_deliveries.is_told is
'false: it was due before the warehouse took the feed up, so nobody is alerted.';
create index expected_deliveries_due on ops.expected_deliveries (due_at);

create table ops.calendars (
    made_of text not null,
    filled_at timestamptz not null default clock_timestamp(),
    filled_until timestamptz not null
);
comment on table ops.calendars is 'One row: of what ops.expected_deliveries was made, when, and up to which due moment.';
create unique index calendars_single on ops.calendars ((true));

create index delivery_days_sender on ops.delivery_days (feed, sender_id);
create index delivery_partitions_sender on ops.delivery_partitions (feed, sender_id);
create index delivery_partitions_first on ops.delivery_partitions (feed, split_part(partition_key, '/', 1));
create index delivery_partitions_second on ops.delivery_partitions (feed, split_part(partition_key, '/', 2));

-- A list is of who sent it and, where that is somebody for others, of whom its partition names.
-- Apart, so that each has its index.
create view ops.told_deliveries as
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
        f.kind not in (select feed from ops.feeds)
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
comment on view ops.told_deliveries is
'One row per delivery that counts as one (read, judged, not refused as a whole), per receipt, per period it speaks for, and '
'per sender it may be taken to be of; an empty sender stands for anybody. day null: it names none.';

create view ops.delivery_states as
select
    e.feed,
    e.sender_id,
    e.calendar,
    e.period,
    e.period_start,
    e.period_end,
    e.due_at,
    e.missing_at,
    e.is_told,
    d.delivered_at,
    case
        when d.delivered_at <= e.due_at then 'delivered'
        when d.delivered_at is not null then 'delivered_late'
        when now() <= e.due_at then 'not_due'
        when now() <= e.missing_at then 'late'
        else 'missing'
    end as state,
    case
        when coalesce(d.delivered_at, now()) > e.due_at then coalesce(d.delivered_at, now()) - e.due_at
    end as late_by
from ops.expected_deliveries as e
left join lateral (
    select min(t.received_at) as delivered_at
    from ops.told_deliveries as t
    where
        t.feed = e.feed and t.sender_id = e.matched_by
        and (
            t.day between e.period_start and e.period_end
            or t.day is null and t.received_at > e.counts_from and t.received_at <= e.counts_until
        )
) as d on true;
comment on view ops.delivery_states is
'One row per delivery that is owed, as of now: delivered, delivered_late, not_due, late (owed, and not there yet), missing.';
comment on column ops.delivery_states.delivered_at is 'The earliest receipt that counts for it; null: none.';
comment on column ops.delivery_states.late_by is 'How long after it was due it came, or has not come; null: in time.';
