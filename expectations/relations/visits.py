"""What rules over others select: the dossiers of the batch, and others of the same person.

The batch is what int_claims__related_dossiers names: the dossiers whose findings a build may have
changed, as they are at its end. The others are found by the person's key, by index. A dossier is
compared with open ones and with those of its own closed class: findings of an open dossier are
those of a warehouse that never received a closed one.
"""

from __future__ import annotations

VERSIONS = "intermediate.int_claims__current_versions"

BATCH = f"""\
select versions.*
from intermediate.int_claims__related_dossiers as related
join {VERSIONS} as versions using (facility_key, encounter_key)"""

LATEST_ARRIVAL = (
    "case when length(btrim(header.ngay_vao)) = 8 then interval '1 day' else interval '0' end"
)
"""Added to `arrived_at`: an arrival known by its day alone is taken to be at the day's end, so that
the visit is the shortest that it can have been."""


def seen_beside(visit: str, other: str) -> str:
    """SQL: another dossier of the same person, of those that may be told beside this one."""
    return (
        f"{other}.person_key = {visit}.person_key"
        f" and {other}.encounter_key <> {visit}.encounter_key"
        f" and {other}.audience in ('open', {visit}.audience)"
    )


def local_time(instant: str) -> str:
    """SQL of an instant as the standard writes it, yyyymmddHHMM."""
    return f"to_char({instant} at time zone 'Asia/Ho_Chi_Minh', 'YYYYMMDDHH24MI')"
