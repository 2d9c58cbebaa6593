"""Which facilities send claims, on which days, and which file of each came first.

`ops.facilities` names every facility once and for good, so that a new one is told once.
`ops.facility_days` holds its rhythm: the local days on which files of it were received.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, text

_FACILITIES = text(
    """
    insert into ops.facilities (facility_id)
    select distinct facility_id
    from ops.files
    where
        file_id = any(:file_ids) and kind = 'claims' and status = 'loaded'
        and facility_id is not null
    order by facility_id
    on conflict do nothing
    """
)
# Each file is judged once. One that was read again takes the place of its former reading.
_DAYS = text(
    """
    insert into ops.facility_days as known (
        facility_id, day, file_count, refused_count, dossier_count, quarantined_count
    )
    select
        f.facility_id,
        cast(f.received_at at time zone 'Asia/Ho_Chi_Minh' as date) as day,
        count(*) filter (where f.read_again_of is null),
        count(*) filter (where f.status = 'refused'),
        sum(held.dossiers),
        sum(held.quarantined)
    from ops.files as f
    cross join lateral (
        select
            coalesce(sum(reading.sign), 0) as dossiers,
            coalesce(sum(reading.sign) filter (where v.verdict = 'quarantined'), 0) as quarantined
        from (values (f.file_id, 1), (f.read_again_of, -1)) as reading (file_id, sign)
        inner join ops.dossier_versions as v on v.file_id = reading.file_id
    ) as held
    where
        f.file_id = any(:file_ids) and f.kind = 'claims' and f.status in ('loaded', 'refused')
        and f.facility_id is not null
    group by 1, 2
    order by 1, 2
    on conflict (facility_id, day) do update set
        file_count = known.file_count + excluded.file_count,
        refused_count = known.refused_count + excluded.refused_count,
        dossier_count = known.dossier_count + excluded.dossier_count,
        quarantined_count = known.quarantined_count + excluded.quarantined_count
    """
)
# A file that was received earlier than known makes its day earlier; no dossier is counted twice.
_EARLIER_DAY = text(
    """
    insert into ops.facility_days (facility_id, day)
    select facility_id, cast(received_at at time zone 'Asia/Ho_Chi_Minh' as date)
    from ops.files
    where
        file_id = :file_id and kind = 'claims' and status in ('loaded', 'refused')
        and judged_at is not null and facility_id is not null
    on conflict do nothing
    """
)
# F10 stands at the first dossier of the first file of each facility, but for the facility from
# which the warehouse had its first file: a function of what was received, in whatever order it was
# processed. An index gives the first file of each.
_NEW = text(
    """
    with first_files as materialized (
        select known.facility_id, first.file_id, first.received_at, first.sha256, known.noted_at
        from ops.facilities as known
        cross join lateral (
            select f.file_id, f.received_at, f.sha256
            from ops.files as f
            where
                f.facility_id = known.facility_id
                and f.kind = 'claims' and f.status = 'loaded' and f.judged_at is not null
                and f.dossier_count > 0
                and not exists (
                    select from ops.files as again
                    where again.read_again_of = f.file_id and again.judged_at is not null
                )
            order by f.received_at, f.sha256 collate "C"
            limit 1
        ) as first
    ),

    wanted as materialized (
        select first_files.facility_id, first_files.file_id, first.position
        from first_files
        cross join lateral (
            select min(v.position) as position from ops.dossier_versions as v
            where v.file_id = first_files.file_id
        ) as first
        where
            first_files.noted_at > '-infinity' and first.position is not null
            and first_files.facility_id <> (
                select earliest.facility_id from first_files as earliest
                order by earliest.received_at, earliest.sha256 collate "C"
                limit 1
            )
    ),

    forgotten as (
        delete from quarantine.relation_findings as finding
        where
            finding.rule_id = 'F10'
            and not exists (
                select from wanted
                where
                    wanted.facility_id = finding.facility_id
                    and wanted.file_id = finding.file_id
                    and wanted.position = finding.position
            )
    )

    insert into quarantine.relation_findings (
        file_id, position, facility_id, dossier_id, rule_id, severity, reason
    )
    select
        wanted.file_id, wanted.position, wanted.facility_id,
        coalesce(
            (
                select btrim(header.ma_lk) from raw.claims_xml1 as header
                where header.file_id = wanted.file_id and header.position = wanted.position
            ),
            v.dossier_id
        ),
        'F10', 'record', 'these are the first claims of this facility'
    from wanted
    inner join ops.dossier_versions as v using (file_id, position)
    where not exists (
        select from quarantine.relation_findings as finding
        where
            finding.rule_id = 'F10'
            and finding.facility_id = wanted.facility_id
            and finding.file_id = wanted.file_id
            and finding.position = wanted.position
    )
    order by wanted.facility_id
    """
)


def note_facilities(connection: Connection, file_ids: Sequence[int]) -> None:
    """Note which facilities sent the files just judged, and on which days; find new ones (F10).

    For whoever holds the settle lock. Files that are judged already must not be named again: their
    dossiers would count twice.
    """
    values = {"file_ids": list(file_ids)}
    connection.execute(_FACILITIES, values)
    connection.execute(_DAYS, values)
    connection.execute(_NEW)


def note_earlier_receipt(connection: Connection, file_id: int) -> None:
    """A file turned out to have been received earlier. For whoever holds the settle lock."""
    connection.execute(_EARLIER_DAY, {"file_id": file_id})
    connection.execute(_NEW)
