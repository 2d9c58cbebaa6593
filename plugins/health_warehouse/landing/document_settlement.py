"""The statement by which it is decided what counts of a feed of rows.

Modes differ in one thing: in a snapshot a document ends when the newest complete delivery of its
partition names it in no row, quarantined rows included. (In `append` a document is its content, so
that nothing is ever replaced.) Unchanged content keeps pointing at the older version, and the newer
one is a duplicate. All of it is a function of the deliveries, their receipts, their verdicts and
the decisions of persons, whatever the order in which they were processed.
"""

from __future__ import annotations

from sqlalchemy import text

_ORDER = 'p.received_at, f.file_name collate "C", f.sha256 collate "C"'
# A delivery that was read again counts by its former reading until the new one is judged.
SETTLE_DOCUMENTS = text(
    """
    with recursive files as (
        select unnest(cast(:file_ids as bigint[])) as file_id
        union
        select read_again_of from ops.files
        where file_id = any(:file_ids) and read_again_of is not null
    ),

    touched_partitions as materialized (
        select distinct partition_key
        from ops.delivery_partitions
        inner join files using (file_id)
        where feed = :feed
    ),

    touched as materialized (
        select distinct v.partition_key, v.document_key
        from ops.document_versions as v
        inner join files using (file_id)
        where v.feed = :feed and v.document_key is not null
        union
        -- what a list does not name may have ended, and what it held back may be back
        select v.partition_key, v.document_key
        from ops.document_versions as v
        inner join touched_partitions using (partition_key)
        where v.feed = :feed and :is_snapshot and v.document_key is not null
    ),

    -- all of a partition that lists replace; otherwise those that name a touched document
    touched_deliveries as materialized (
        select p.partition_key, p.file_id
        from ops.delivery_partitions as p
        inner join touched_partitions using (partition_key)
        where p.feed = :feed and :is_snapshot
        union
        select v.partition_key, v.file_id
        from touched
        inner join ops.document_versions as v
            on
                v.feed = :feed
                and v.partition_key = touched.partition_key
                and v.document_key = touched.document_key
        where not :is_snapshot
    ),

    decided as materialized (
        select distinct on (sha256) sha256, decision
        from ops.decisions
        where position = 0 and about = 'shrinking'
        order by sha256, decided_at desc, decision_id desc
    ),

    deliveries as materialized (
        select
            p.partition_key, p.file_id, p.is_complete, p.document_count, p.received_at,
            f.sha256,
            coalesce(d.decision, '') as decision,
            row_number() over (
                partition by p.partition_key, p.is_complete order by {order}
            ) as place,
            row_number() over (partition by p.partition_key order by {order}) as list_place
        from touched_deliveries
        inner join ops.delivery_partitions as p using (partition_key, file_id)
        inner join ops.files as f using (file_id)
        left join decided as d using (sha256)
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

    versions as materialized (
        select
            v.partition_key, v.document_key, v.file_id, v.position, v.content_hash, v.order_key,
            v.is_withdrawal, v.standing as former_standing, v.verdict,
            d.received_at, d.list_place, d.standing as delivery_standing,
            n.file_id as newest_file_id, n.list_place as newest_place,
            coalesce(v.verdict = 'accepted' and d.standing = 'open', false) as may_count
        from touched
        inner join ops.document_versions as v
            on
                v.feed = :feed
                and v.partition_key = touched.partition_key
                and v.document_key = touched.document_key
        left join standing_deliveries as d
            on d.file_id = v.file_id and d.partition_key = v.partition_key
        left join newest as n on n.partition_key = v.partition_key
    ),

    ranked as (
        select
            versions.*,
            bool_or(file_id = newest_file_id) over document as is_named,
            row_number() over in_order as place,
            may_count and content_hash is not distinct from lag(content_hash) over in_order
                as is_unchanged
        from versions
        window
            document as (partition by partition_key, document_key),
            in_order as (
                partition by partition_key, document_key, may_count
                order by order_key collate "C" nulls first, received_at, list_place, position
            )
    ),

    -- of a run of equal content the oldest version stands for it
    placed as materialized (
        select
            ranked.*,
            place = max(place) filter (where may_count and not is_unchanged) over document
            and may_count as is_head,
            coalesce(
                newest_file_id is null or is_named
                or max(list_place) filter (where may_count and place = last_place) over document
                > newest_place,
                false
            ) as is_there
        from (
            select
                ranked.*,
                max(place) filter (where may_count) over (
                    partition by partition_key, document_key
                ) as last_place
            from ranked
        ) as ranked
        window document as (partition by partition_key, document_key)
    ),

    best as materialized (
        select partition_key, document_key, file_id, position, is_withdrawal
        from placed
        where is_head and is_there
    ),

    settled as (
        select
            file_id, position, partition_key, former_standing,
            case
                when verdict is null then null
                when verdict = 'quarantined' or delivery_standing = 'refused' then 'quarantined'
                when delivery_standing is null then 'superseded'
                when delivery_standing = 'pending' then 'pending'
                when is_unchanged then 'duplicate'
                when not is_head then 'superseded'
                when not is_there then 'ended'
                when is_withdrawal then 'withdrawn'
                else 'loaded'
            end as standing
        from placed
        union all
        -- a row whose key cannot be read is no version of anything
        select v.file_id, v.position, v.partition_key, v.standing, 'quarantined'
        from ops.document_versions as v
        inner join files using (file_id)
        where v.feed = :feed and v.document_key is null and v.verdict is not null
    ),

    restood as (
        update ops.document_versions as v
        set standing = s.standing
        from settled as s
        where
            v.feed = :feed and v.file_id = s.file_id and v.position = s.position
            and v.partition_key = s.partition_key
            and s.former_standing is distinct from s.standing
    ),

    differing as (
        select
            partition_key, document_key, b.file_id, b.position, b.is_withdrawal,
            case when not c.is_withdrawal then c.file_id end as old_file_id,
            case when not c.is_withdrawal then c.position end as old_position,
            case when not b.is_withdrawal then b.file_id end as new_file_id,
            case when not b.is_withdrawal then b.position end as new_position
        from touched
        left join (
            select * from ops.current_documents where feed = :feed
        ) as c using (partition_key, document_key)
        left join best as b using (partition_key, document_key)
        where (c.file_id, c.position) is distinct from (b.file_id, b.position)
    ),

    removed as (
        delete from ops.current_documents as c
        using differing as d
        where
            c.feed = :feed and c.partition_key = d.partition_key
            and c.document_key = d.document_key and d.file_id is null
    ),

    written as (
        insert into ops.current_documents (
            feed, partition_key, document_key, file_id, position, is_withdrawal
        )
        select :feed, partition_key, document_key, file_id, position, is_withdrawal
        from differing
        where file_id is not null
        on conflict (feed, partition_key, document_key) do update
            set file_id = excluded.file_id,
                position = excluded.position,
                is_withdrawal = excluded.is_withdrawal
    ),

    logged as (
        insert into ops.document_changes (
            feed, partition_key, document_key,
            old_file_id, old_position, new_file_id, new_position
        )
        select
            :feed, partition_key, document_key,
            old_file_id, old_position, new_file_id, new_position
        from differing
        where old_file_id is not null or new_file_id is not null
        order by partition_key, document_key
        returning 1
    )

    select count(*) from logged
    """.replace("{order}", _ORDER)
)
