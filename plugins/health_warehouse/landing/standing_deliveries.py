"""Which deliveries may speak for their partitions: a list that shrinks too much waits for a person.

Parts of the statement in `document_settlement`, behind `versions`.
"""

_ORDER = 'p.received_at, f.file_name collate "C", f.sha256 collate "C"'
STANDING = """
    -- all of a partition that lists replace; otherwise those that name a touched document
    touched_deliveries as materialized (
        select p.partition_key, p.file_id
        from ops.delivery_partitions as p
        inner join touched_partitions using (partition_key)
        where p.feed = :feed and :is_snapshot
        union
        select partition_key, file_id from versions where not :is_snapshot
    ),

    decided as materialized (
        select distinct on (sha256, position, about) sha256, position, about, decision
        from ops.decisions
        order by sha256, position, about, decided_at desc, decision_id desc
    ),

    deliveries as materialized (
        select
            p.partition_key, p.file_id, p.is_complete, p.document_count, p.received_at,
            f.declared_date, f.file_name, f.sha256, f.archive_state = 'kept' as is_archived,
            coalesce(d.decision, '') as decision,
            row_number() over (
                partition by p.partition_key, p.is_complete order by {order}
            ) as place,
            row_number() over (partition by p.partition_key order by {order}) as list_place
        from touched_deliveries
        inner join ops.delivery_partitions as p using (partition_key, file_id)
        inner join ops.files as f using (file_id)
        left join decided as d
            on d.sha256 = f.sha256 and d.position = 0 and d.about = 'shrinking'
        where
            p.feed = :feed and f.status = 'loaded' and f.judged_at is not null
            and not exists (
                select from ops.files as again
                where again.read_again_of = f.file_id and again.judged_at is not null
            )
    ),

    -- complete lists, from the oldest: each is compared with the last one before it that counts
    gone_through as (
        select
            partition_key, place, file_id,
            decision <> 'refused' as counts,
            case when decision <> 'refused' then document_count end as kept_count
        from deliveries
        where :is_snapshot and is_complete and place = 1
        union all
        select
            next.partition_key, next.place, next.file_id,
            verdict.counts,
            case when verdict.counts then next.document_count else before.kept_count end
        from gone_through as before
        inner join deliveries as next
            on
                next.is_complete
                and next.partition_key = before.partition_key
                and next.place = before.place + 1
        cross join lateral (
            select case next.decision
                when 'accepted' then true
                when 'refused' then false
                else
                    cast(:shrinks_by as double precision) is null
                    or before.kept_count is null
                    or next.document_count
                    >= before.kept_count * (1 - cast(:shrinks_by as double precision))
            end as counts
        ) as verdict
    ),

    standing_deliveries as materialized (
        select
            d.*,
            case
                when d.decision = 'refused' then 'refused'
                when not coalesce(g.counts, true) then 'pending'
                else 'open'
            end as standing
        from deliveries as d
        left join gone_through as g using (partition_key, file_id)
    ),

    restood_deliveries as (
        update ops.delivery_partitions as p
        set standing = s.standing
        from standing_deliveries as s
        where
            p.feed = :feed and p.file_id = s.file_id and p.partition_key = s.partition_key
            and p.standing <> s.standing
    ),

    -- the newest complete list of each partition decides who has ended
    newest as materialized (
        select distinct on (partition_key) partition_key, file_id, list_place
        from standing_deliveries
        where :is_snapshot and is_complete and standing = 'open'
        order by partition_key, list_place desc
    ),
""".replace("{order}", _ORDER)
