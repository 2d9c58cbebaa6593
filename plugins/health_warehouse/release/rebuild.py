"""Have dossiers built again that nobody delivered again: of a facility, of a period, or both.

The log of changes is the work list of builds, so a dossier is noted there as replaced by itself.
The next build computes it and all that it affects; publishing then writes what differs.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from health_warehouse.database.connections import engine
from health_warehouse.database.watchdog import watch
from health_warehouse.landing.scope import Scope
from health_warehouse.landing.settling import lock_settling
from health_warehouse.privacy.key_state import require_whole_keys
from health_warehouse.settings import Settings

_ROLE = "maintainer"
# By the end of care, as the months of the marts; unreadable dates are in no period.
_CHOSEN = """
from ops.current_dossiers as c
inner join raw.claims_xml1 as header using (file_id, position)
inner join ops.document_versions_claims as v using (file_id, position)
where
    not c.is_withdrawal
    and (cast(:facility_id as text) is null or v.sender_id = :facility_id)
    and (cast(:first as date) is null or raw.parse_date(header.ngay_ra) >= :first)
    and (cast(:last as date) is null or raw.parse_date(header.ngay_ra) <= :last)
"""
_COUNT = text(
    "select v.sender_id as facility_id, count(*) as dossiers, sum(v.line_count) as lines"
    f" {_CHOSEN} group by v.sender_id order by v.sender_id"
)
_NOTE = text(
    "insert into ops.document_changes (feed, partition_key, sender_id, document_key,"
    " old_file_id, old_position, new_file_id, new_position)"
    " select v.feed, v.partition_key, v.sender_id, v.document_key,"
    " c.file_id, c.position, c.file_id, c.position"
    f" {_CHOSEN} order by v.sender_id, v.document_name"
)


@dataclass(frozen=True)
class Chosen:
    """What of one facility a rebuild would compute."""

    facility_id: str
    dossiers: int
    lines: int


def preview(settings: Settings, scope: Scope) -> list[Chosen]:
    """What `note` would note. Writes nothing."""
    with engine(settings, _ROLE).connect() as connection:
        rows = connection.execute(_COUNT, scope.values())
        return [Chosen(row.facility_id, row.dossiers, int(row.lines)) for row in rows]


def note(settings: Settings, scope: Scope) -> int:
    """Note the dossiers of a scope for the next build; how many. Doing it twice does no harm."""
    watch(settings, _ROLE)
    with engine(settings, _ROLE).begin() as connection:
        require_whole_keys(connection)
        lock_settling(connection)  # ids of changes become visible in their order
        return int(connection.execute(_NOTE, scope.values()).rowcount)
