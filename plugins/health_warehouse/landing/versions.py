"""Which version of each dossier counts. The only writer of current_dossiers and dossier_changes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, text

from health_warehouse.database.turns import take
from health_warehouse.rekeying.state import require_whole_keys

# A file that was read again counts by its former reading until the new one is judged.
# Of a version without rows in raw and without bytes in the archive nothing is left to count.
# Newer = received later, then what the file declares, never when we happened to process it.
_SETTLE = text(
    """
    with touched as (
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

    best as (
        select distinct on (v.facility_id, v.dossier_id)
            v.facility_id, v.dossier_id, v.file_id, v.position, v.is_withdrawal
        from touched
        inner join ops.dossier_versions as v using (facility_id, dossier_id)
        inner join ops.files as f using (file_id)
        where
            v.verdict = 'accepted' and f.status = 'loaded'
            and (v.has_rows or f.archive_state = 'kept')
            and not exists (
                select from ops.files as again
                where again.read_again_of = f.file_id and again.judged_at is not null
            )
        order by
            v.facility_id, v.dossier_id,
            f.received_at desc, f.declared_date desc nulls last, f.file_name collate "C" desc,
            f.sha256 collate "C" desc, v.position desc
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


def lock_settling(connection: Connection) -> None:
    """Let nobody else settle until the open transaction ends: what counts now goes on counting."""
    take(connection, "settling")


def settle(connection: Connection, file_ids: Sequence[int]) -> int:
    """Choose anew the current version of every dossier of these files; how many changed content.

    Runs in the caller's transaction, READ COMMITTED, and holds the settle lock to its end: change
    ids become visible in their order. A caller that also locks rows of ops.files does so before.
    Raises ConfigurationError while keys are made anew.
    """
    lock_settling(connection)
    require_whole_keys(connection)
    return choose(connection, file_ids)


def choose(connection: Connection, file_ids: Sequence[int]) -> int:
    """As `settle`, for whoever holds the settle lock, also while keys are made anew."""
    return int(connection.execute(_SETTLE, {"file_ids": list(file_ids)}).scalar_one())
