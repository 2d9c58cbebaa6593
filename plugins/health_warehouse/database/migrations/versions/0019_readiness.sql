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
