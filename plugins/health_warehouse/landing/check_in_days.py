"""Check-ins in the log of changes: builds judge again the visits that they are compared with.

A check-in belongs to no dossier, so the log of dossiers does not show that one came.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, text

_DAYS = text(
    """
    insert into ops.check_in_days (facility_id, day)
    select facility_id, day
    from (
        select distinct check_in.facility_id, raw.parse_date(check_in.ngay_vao) as day
        from raw.check_ins as check_in
        inner join ops.files as f using (file_id)
        where f.file_id = any(:file_ids) and f.kind = 'check_ins' and f.status = 'loaded'
    ) as days
    where day is not null
    order by facility_id, day
    on conflict (facility_id, day) do update set change_id = excluded.change_id
    """
)
# A visit on another day than its check-in is found by its name alone.
_NAMED = text(
    """
    insert into ops.dossier_changes (
        facility_id, dossier_id, encounter_key, old_file_id, old_position, new_file_id, new_position
    )
    select
        c.facility_id, c.dossier_id, c.encounter_key, c.file_id, c.position, c.file_id, c.position
    from (
        select distinct check_in.facility_id, raw.canonical_code(check_in.ma_lk) as dossier_id
        from raw.check_ins as check_in
        inner join ops.files as f using (file_id)
        where f.file_id = any(:file_ids) and f.kind = 'check_ins' and f.status = 'loaded'
    ) as named
    inner join ops.current_dossiers as c using (facility_id, dossier_id)
    where not c.is_withdrawal
    order by c.facility_id, c.dossier_id
    """
)


def note_check_ins(connection: Connection, file_ids: Sequence[int]) -> None:
    """Note the days and the visits of the check-ins in these files for the next build.

    For whoever holds the settle lock: change ids become visible in their order.
    """
    for statement in (_DAYS, _NAMED):
        connection.execute(statement, {"file_ids": list(file_ids)})
