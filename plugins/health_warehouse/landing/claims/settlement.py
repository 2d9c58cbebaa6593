"""The statement by which it is decided what counts; `versions` says what it decides."""

from __future__ import annotations

from sqlalchemy import text

# A file that was read again counts by its former reading until the new one is judged.
# Of a version without rows in raw and without bytes in the archive nothing is left to count.
SETTLE = text(
    """
    with recursive touched as (
        select distinct facility_id, dossier_id, encounter_key
        from ops.dossier_versions
        where file_id = any(
            cast(:file_ids as bigint[])
            || array(
                select read_again_of from ops.files
                where file_id = any(:file_ids) and read_again_of is not null
            )
        )
    ),

    decided as materialized (
        select distinct on (sha256, position, about) sha256, position, about, decision
        from ops.decisions
        order by sha256, position, about, decided_at desc, decision_id desc
    ),

    versions as materialized (
        select
            v.facility_id, v.dossier_id, v.file_id, v.position, v.is_withdrawal, v.standing,
            v.identifier_hashes, v.care_days,
            f.received_at, f.declared_date, f.file_name, f.sha256,
            coalesce(
                v.verdict = 'accepted' and f.status = 'loaded'
                and (v.has_rows or f.archive_state = 'kept')
                and not exists (
                    select from ops.files as again
                    where again.read_again_of = f.file_id and again.judged_at is not null
                ),
                false
            ) as may_count
        from touched
        inner join ops.dossier_versions as v using (facility_id, dossier_id)
        inner join ops.files as f using (file_id)
    ),

    candidates as materialized (
        select
            versions.*,
            coalesce(decided.decision, '') as decision,
            count(*) over (partition by versions.facility_id, versions.dossier_id) as version_count
        from versions
        left join decided
            on
                decided.sha256 = versions.sha256
                and decided.position = versions.position
                and decided.about = 'replacement'
        where versions.may_count
    ),

    -- the work below is for the few dossiers that came more than once
    repeated as materialized (
        select
            candidates.*, receipt.seen_at,
            preference.decision is not null as is_order_decided,
            coalesce(preference.decision = 'accepted', false) as is_preferred
        from candidates
        cross join lateral (
            select min(r.seen_at) as seen_at from ops.file_receipts as r
            where r.file_id = candidates.file_id
        ) as receipt
        left join decided as preference
            on
                preference.sha256 = candidates.sha256
                and preference.position = candidates.position
                and preference.about = 'order'
        where candidates.version_count > 1
    ),

    ranked as materialized (
        select
            repeated.*,
            row_number() over (
                partition by repeated.facility_id, repeated.dossier_id
                order by
                    greatest(repeated.received_at, seen_before.received_at), repeated.is_preferred,
                    repeated.received_at, repeated.declared_date nulls first,
                    repeated.file_name collate "C", repeated.sha256 collate "C", repeated.position
            ) as place
        from repeated
        cross join lateral (
            select max(other.received_at) as received_at
            from repeated as other
            where
                repeated.is_preferred
                and other.facility_id = repeated.facility_id
                and other.dossier_id = repeated.dossier_id
                and other.seen_at < repeated.seen_at
        ) as seen_before
    ),

    -- `kept_…` is of the last version that counts so far
    gone_through as (
        select
            facility_id, dossier_id, place, file_id, position,
            decision <> 'refused' as counts,
            false as is_other_person,
            false as is_other_time,
            case when decision <> 'refused' then identifier_hashes end as kept_identifiers,
            case when decision <> 'refused' then care_days end as kept_days,
            is_withdrawal or decision = 'refused' as is_nothing_kept
        from ranked
        where place = 1
        union all
        select
            next.facility_id, next.dossier_id, next.place, next.file_id, next.position,
            verdict.counts,
            compared.is_other_person,
            compared.is_other_time,
            case when verdict.counts then next.identifier_hashes else before.kept_identifiers end,
            case when verdict.counts then next.care_days else before.kept_days end,
            case when verdict.counts then next.is_withdrawal else before.is_nothing_kept end
        from gone_through as before
        inner join ranked as next
            on
                next.facility_id = before.facility_id
                and next.dossier_id = before.dossier_id
                and next.place = before.place + 1
        cross join lateral (
            select
                not before.is_nothing_kept
                and not coalesce(next.identifier_hashes && before.kept_identifiers, true)
                    as is_other_person,
                not before.is_nothing_kept
                and not coalesce(next.care_days && before.kept_days, true) as is_other_time
        ) as compared
        cross join lateral (
            select case next.decision
                when 'accepted' then true
                when 'refused' then false
                else not (compared.is_other_person and compared.is_other_time)
            end as counts
        ) as verdict
    ),

    settled as materialized (
        select
            c.facility_id, c.dossier_id, c.file_id, c.position, c.is_withdrawal, c.decision,
            r.seen_at, r.is_order_decided,
            coalesce(g.place, 1) as place,
            coalesce(g.counts, c.decision <> 'refused') as counts,
            coalesce(g.is_other_person, false) as is_other_person,
            coalesce(g.is_other_time, false) as is_other_time,
            case
                when c.decision = 'refused' then 'refused'
                when not g.counts then 'pending'
                else 'open'
            end as standing
        from candidates as c
        left join ranked as r using (file_id, position)
        left join gone_through as g using (file_id, position)
    ),

    best as materialized (
        select distinct on (facility_id, dossier_id)
            facility_id, dossier_id, file_id, position, is_withdrawal, place, seen_at
        from settled
        where counts
        order by facility_id, dossier_id, place desc
    ),

    restood as (
        update ops.dossier_versions as v
        set standing = changed.standing
        from (
            select versions.file_id, versions.position, coalesce(s.standing, 'open') as standing
            from versions
            left join settled as s using (file_id, position)
            where versions.standing <> coalesce(s.standing, 'open')
        ) as changed
        where v.file_id = changed.file_id and v.position = changed.position
    ),

    found (file_id, position, rule_id, severity, reason) as (
        select
            s.file_id, s.position, 'V06', 'quarantine_dossier',
            case
                when s.standing = 'pending'
                    then 'it has neither a person nor a day in common with the version that it '
                    || 'would replace; it waits for a decision (`warehouse decisions`)'
                else 'a person decided that it does not replace the version before it'
            end
        from settled as s
        where s.standing <> 'open'
        union all
        select
            s.file_id, s.position,
            case when s.is_other_person then 'V06_person' else 'V06_time' end,
            'flag_line',
            case
                when s.is_other_person
                    then 'it replaces a version of another person: no card, citizen id, MA_BN, '
                    || 'or name with birth is the same'
                else 'it replaces a version of another time: no day of care is the same'
            end
        from settled as s
        where s.counts and s.decision = '' and s.is_other_person <> s.is_other_time
        union all
        select
            s.file_id, s.position, 'V07', 'flag_line',
            'it was first seen on '
            || to_char(s.seen_at at time zone 'Asia/Ho_Chi_Minh', 'YYYYMMDD')
            || ', after the version that counts instead, which claims to have been received later; '
            || 'a person may let it win (`warehouse decisions`)'
        from settled as s
        inner join best as b using (facility_id, dossier_id)
        where
            s.counts and not s.is_order_decided
            and s.place < b.place
            and s.seen_at > b.seen_at + cast(:tolerance as interval)
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
            found.file_id, found.position, 'XML1', 'MA_LK', v.facility_id,
            coalesce(
                (
                    select btrim(h.ma_lk) from raw.claims_xml1 as h
                    where h.file_id = found.file_id and h.position = found.position
                ),
                v.dossier_id
            ),
            found.rule_id, found.severity, found.reason
        from found
        inner join versions as v using (file_id, position)
        order by found.file_id, found.position, found.rule_id
    ),

    differing as (
        select
            facility_id, dossier_id, touched.encounter_key,
            b.file_id, b.position, b.is_withdrawal,
            case when not c.is_withdrawal then c.file_id end as old_file_id,
            case when not c.is_withdrawal then c.position end as old_position,
            case when not b.is_withdrawal then b.file_id end as new_file_id,
            case when not b.is_withdrawal then b.position end as new_position
        from touched
        left join ops.current_dossiers as c using (facility_id, dossier_id)
        left join best as b using (facility_id, dossier_id)
        where (c.file_id, c.position) is distinct from (b.file_id, b.position)
    ),

    removed as (
        delete from ops.current_dossiers as c
        using differing as d
        where c.facility_id = d.facility_id and c.dossier_id = d.dossier_id and d.file_id is null
    ),

    written as (
        insert into ops.current_dossiers (
            facility_id, dossier_id, encounter_key, file_id, position, is_withdrawal
        )
        select facility_id, dossier_id, encounter_key, file_id, position, is_withdrawal
        from differing
        where file_id is not null
        on conflict (facility_id, dossier_id) do update
            set file_id = excluded.file_id,
                position = excluded.position,
                is_withdrawal = excluded.is_withdrawal
    ),

    logged as (
        insert into ops.dossier_changes (
            facility_id, dossier_id, encounter_key,
            old_file_id, old_position, new_file_id, new_position
        )
        select
            facility_id, dossier_id, encounter_key,
            old_file_id, old_position, new_file_id, new_position
        from differing
        where old_file_id is not null or new_file_id is not null
        order by facility_id, dossier_id
        returning 1
    )

    select count(*) from logged
    """
)
