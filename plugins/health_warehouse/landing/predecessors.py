"""Versions of a document against the ones before them, for feeds whose contract asks for it.

The versions are gone through in their order, from the oldest: each replaces the one that counted
before it. Two things are for a person to decide (ops.decisions):

- A version that has neither a person nor a day in common with what it would replace is *pending*
  (V06): the key was used again for somebody else, and an earlier document would be lost without a
  word.
- A version that lost though it was first seen after the one that beat it (V07) counts as received
  after all that were seen before it, once a person says so. A clock never decides that.

Parts of the statement in `document_settlement`. `candidates` are the versions that may count.
"""

WEIGHED = """
    -- the work below is for the few documents that came more than once
    repeated as materialized (
        select
            rivals.*, receipt.seen_at,
            coalesce(replacement.decision, '') as decision,
            preference.decision is not null as is_order_decided,
            coalesce(preference.decision = 'accepted', false) as is_preferred
        from (
            select
                candidates.*,
                count(*) over (partition by partition_key, document_key) as rival_count
            from candidates
            where may_count and version_count > 1
        ) as rivals
        cross join lateral (
            select min(r.seen_at) as seen_at from ops.file_receipts as r
            where r.file_id = rivals.file_id
        ) as receipt
        left join decided as replacement
            on
                replacement.sha256 = rivals.sha256
                and replacement.position = rivals.position
                and replacement.about = 'replacement'
        left join decided as preference
            on
                preference.sha256 = rivals.sha256
                and preference.position = rivals.position
                and preference.about = 'order'
        where rivals.rival_count > 1
    ),

    in_turn as materialized (
        select
            repeated.*,
            row_number() over (
                partition by repeated.partition_key, repeated.document_key
                order by
                    repeated.order_key collate "C" nulls first,
                    greatest(repeated.received_at, seen_before.received_at), repeated.is_preferred,
                    repeated.received_at, repeated.declared_date nulls first,
                    repeated.file_name collate "C", repeated.sha256 collate "C", repeated.position
            ) as turn
        from repeated
        cross join lateral (
            select max(other.received_at) as received_at
            from repeated as other
            where
                repeated.is_preferred
                and other.partition_key = repeated.partition_key
                and other.document_key = repeated.document_key
                and other.seen_at < repeated.seen_at
        ) as seen_before
    ),

    -- `kept_…` is of the last version that counts so far
    compared as (
        select
            partition_key, document_key, turn, file_id, position,
            decision <> 'refused' as counts,
            false as is_other_person,
            false as is_other_time,
            case when decision <> 'refused' then identifier_hashes end as kept_identifiers,
            case when decision <> 'refused' then care_days end as kept_days,
            is_withdrawal or decision = 'refused' as is_nothing_kept
        from in_turn
        where turn = 1
        union all
        select
            next.partition_key, next.document_key, next.turn, next.file_id, next.position,
            verdict.counts,
            told.is_other_person,
            told.is_other_time,
            case when verdict.counts then next.identifier_hashes else before.kept_identifiers end,
            case when verdict.counts then next.care_days else before.kept_days end,
            case when verdict.counts then next.is_withdrawal else before.is_nothing_kept end
        from compared as before
        inner join in_turn as next
            on
                next.partition_key = before.partition_key
                and next.document_key = before.document_key
                and next.turn = before.turn + 1
        cross join lateral (
            select
                :same_person and not before.is_nothing_kept
                and not coalesce(next.identifier_hashes && before.kept_identifiers, true)
                    as is_other_person,
                :same_days and not before.is_nothing_kept
                and not coalesce(next.care_days && before.kept_days, true) as is_other_time
        ) as told
        cross join lateral (
            select case next.decision
                when 'accepted' then true
                when 'refused' then false
                else
                    (:same_person or :same_days) is not true
                    or (:same_person and not told.is_other_person)
                    or (:same_days and not told.is_other_time)
            end as counts
        ) as verdict
    ),

    -- a version without a rival may have been refused, too: by its bytes
    weighed as materialized (
        select
            candidates.*,
            candidates.may_count
            and coalesce(c.counts, single.decision is distinct from 'refused') as counts,
            case
                when not candidates.may_count then null
                when coalesce(t.decision, single.decision) = 'refused' then 'refused'
                when not c.counts then 'pending'
            end as held,
            coalesce(c.turn, 1) as turn,
            coalesce(c.is_other_person, false) as is_other_person,
            coalesce(c.is_other_time, false) as is_other_time,
            coalesce(t.decision, '') as decision,
            coalesce(t.is_order_decided, false) as is_order_decided,
            t.seen_at
        from candidates
        left join in_turn as t using (file_id, position, partition_key)
        left join compared as c using (file_id, position, partition_key)
        left join decided as single
            on
                single.sha256 = candidates.sha256
                and single.position = candidates.position
                and single.about = 'replacement'
    ),
"""

FOUND = """
    found (file_id, position, sender_id, document_name, rule_id, severity, reason) as (
        select
            p.file_id, p.position, p.sender_id, p.document_name, 'V06', 'quarantine_dossier',
            case
                when p.held = 'pending'
                    then 'it has neither a person nor a day in common with the version that it '
                    || 'would replace; it waits for a decision (`warehouse decisions`)'
                else 'a person decided that it does not replace the version before it'
            end
        from placed as p
        where p.held is not null
        union all
        select
            p.file_id, p.position, p.sender_id, p.document_name,
            case when p.is_other_person then 'V06_person' else 'V06_time' end,
            'flag_line',
            case
                when p.is_other_person
                    then 'it replaces a version of another person: no card, citizen id, MA_BN, '
                    || 'or name with birth is the same'
                else 'it replaces a version of another time: no day of care is the same'
            end
        from placed as p
        where
            p.counts and p.decision = '' and :same_person and :same_days
            and p.is_other_person <> p.is_other_time
        union all
        select
            p.file_id, p.position, p.sender_id, p.document_name, 'V07', 'flag_line',
            'it was first seen on '
            || to_char(p.seen_at at time zone 'Asia/Ho_Chi_Minh', 'YYYYMMDD')
            || ', after the version that counts instead, which claims to have been received later; '
            || 'a person may let it win (`warehouse decisions`)'
        from (
            select
                placed.*,
                max(turn) filter (where is_head) over document as best_turn,
                max(seen_at) filter (where is_head) over document as best_seen_at
            from placed
            where version_count > 1
            window document as (partition by partition_key, document_key)
        ) as p
        where
            p.counts and not p.is_order_decided
            and p.turn < p.best_turn
            and p.seen_at > p.best_seen_at + cast(:tolerance as interval)
    ),

    forgotten as (
        delete from quarantine.relation_findings as finding
        using versions as v
        where
            finding.file_id = v.file_id and finding.position = v.position
            and finding.rule_id in ('V06', 'V06_person', 'V06_time', 'V07')
    ),

    told as (
        insert into quarantine.relation_findings (
            file_id, position, table_name, field, facility_id, dossier_id, rule_id, severity, reason
        )
        select
            found.file_id, found.position, :table_name, :field, found.sender_id,
            coalesce(
                (
                    select btrim(sent.{field}) from raw.{table} as sent
                    where sent.file_id = found.file_id and sent.position = found.position
                ),
                found.document_name
            ),
            found.rule_id, found.severity, found.reason
        from found
        order by found.file_id, found.position, found.rule_id
    ),
"""
