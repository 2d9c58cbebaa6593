"""The statement by which it is decided what counts of every feed. The only writer of `standing`,
but for the first guess of `judging`, of `current_documents` and, while nothing is rebuilt, of the
log of changes.

A newer version of a document replaces an older one. Newer: by the sender's own order where the
contract trusts it, then received later, then what the file declares, never when we happened to
process it. Modes differ in one thing: in a snapshot a document ends when the newest complete
delivery of its partition names it in no row, quarantined rows included. (In `append` a document is
its content, so that nothing is ever replaced.) Unchanged content keeps pointing at the older
version, and the newer one is a duplicate. A contract may ask more of a version that would replace
another one (`predecessors`). All of it is a function of the deliveries, their receipts, their
verdicts and the decisions of persons, whatever the order in which they were processed.
"""

from __future__ import annotations

from functools import cache

from sqlalchemy import TextClause, text

from health_warehouse.feeds.contract import Contract
from health_warehouse.landing.predecessors import FOUND, WEIGHED
from health_warehouse.landing.standing_deliveries import STANDING

# Where nothing is asked of predecessors.
_PLAIN = """
    weighed as (
        select
            candidates.*, may_count as counts, cast(null as text) as held,
            row_number() over (
                partition by partition_key, document_key, may_count
                order by order_key collate "C" nulls first, received_at, list_place, position
            ) as turn
        from candidates
    ),
"""
# A delivery that was read again counts by its former reading until the new one is judged.
# Of a version without rows in raw and without bytes in the archive nothing is left to count.
_SETTLE = (
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
        select v.partition_key, v.document_key
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

    versions as materialized (
        select
            v.partition_key, v.document_key, v.file_id, v.position, v.sender_id, v.document_name,
            v.content_hash, v.order_key, v.is_withdrawal, v.standing as former_standing, v.verdict,
            v.identifier_hashes, v.care_days, v.has_rows
        from touched
        inner join ops.document_versions as v
            on
                v.feed = :feed
                and v.partition_key = touched.partition_key
                and v.document_key = touched.document_key
    ),

{deliveries}
    candidates as materialized (
        select
            versions.*,
            d.received_at, d.declared_date, d.file_name, d.sha256, d.list_place,
            d.standing as delivery_standing,
            n.file_id as newest_file_id, n.list_place as newest_place,
            count(*) over (partition by partition_key, document_key) as version_count,
            coalesce(
                versions.verdict = 'accepted' and d.standing = 'open'
                and (versions.has_rows or d.is_archived),
                false
            ) as may_count
        from versions
        left join standing_deliveries as d using (file_id, partition_key)
        left join newest as n using (partition_key)
    ),
{weighed}
    ranked as (
        select
            weighed.*,
            bool_or(file_id = newest_file_id) over document as is_named,
            counts and coalesce(content_hash = lag(content_hash) over in_order, false)
                as is_unchanged
        from weighed
        where version_count > 1 or newest_file_id is not null
        window
            document as (partition by partition_key, document_key),
            in_order as (partition by partition_key, document_key, counts order by turn)
    ),

    -- of a run of equal content the oldest version stands for it
    placed as materialized (
        select
            ranked.*,
            turn = max(turn) filter (where counts and not is_unchanged) over document
            and counts as is_head,
            coalesce(
                newest_file_id is null or is_named
                or max(list_place) filter (where counts and turn = last_turn) over document
                > newest_place,
                false
            ) as is_there
        from (
            select
                ranked.*,
                max(turn) filter (where counts) over (
                    partition by partition_key, document_key
                ) as last_turn
            from ranked
        ) as ranked
        window document as (partition by partition_key, document_key)
        union all
        -- most came once, and no list says who is gone
        select
            weighed.*, false as is_named, false as is_unchanged, turn as last_turn,
            counts as is_head, true as is_there
        from weighed
        where version_count = 1 and newest_file_id is null
    ),

    best as materialized (
        select
            partition_key, document_key, file_id, position, sender_id, document_name, is_withdrawal
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
                when held = 'refused' then 'quarantined'
                when delivery_standing = 'pending' or held = 'pending' then 'pending'
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

{found}
    differing as (
        select
            partition_key, document_key, b.file_id, b.position, b.is_withdrawal,
            case when not c.is_withdrawal then c.file_id end as old_file_id,
            case when not c.is_withdrawal then c.position end as old_position,
            case when not b.is_withdrawal then b.file_id end as new_file_id,
            case when not b.is_withdrawal then b.position end as new_position,
            coalesce(b.sender_id, gone.sender_id) as sender_id,
            coalesce(b.document_name, gone.document_name) as document_name
        from touched
        left join (
            select * from ops.current_documents where feed = :feed
        ) as c using (partition_key, document_key)
        left join best as b using (partition_key, document_key)
        left join lateral (
            select v.sender_id, v.document_name
            from ops.document_versions as v
            where
                b.file_id is null
                and v.feed = :feed and v.file_id = c.file_id and v.position = c.position
                and v.partition_key = touched.partition_key
        ) as gone on true
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
            feed, partition_key, document_key, sender_id,
            old_file_id, old_position, new_file_id, new_position
        )
        select
            :feed, partition_key, document_key, sender_id,
            old_file_id, old_position, new_file_id, new_position
        from differing
        where old_file_id is not null or new_file_id is not null
        -- by what is no secret, where there is such a name
        order by sender_id, document_name, partition_key, document_key
        returning 1
    )

    select count(*) from logged
    """
).replace("{deliveries}", STANDING)


def statement(contract: Contract) -> TextClause:
    """The statement for a feed; what it takes is in `documents.values_of`."""
    if contract.replacement is None:
        return _statement("", "")
    table, (name,) = contract.tables[0], contract.document_key
    return _statement(table.raw_table, name)


@cache
def _statement(table: str, name: str) -> TextClause:
    """Of the table whose column `name` holds what the sender calls a document; without one nothing
    is asked of predecessors."""
    found = FOUND.replace("{table}", table).replace("{field}", name)
    blocks = (WEIGHED, found) if table else (_PLAIN, "")
    return text(_SETTLE.replace("{weighed}", blocks[0]).replace("{found}", blocks[1]))
