"""Check of receipts: files that count as received at a time that is still to come."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import text

from health_warehouse.database.connections import OWNER, engine
from health_warehouse.doctor.finding import Finding
from health_warehouse.landing.clock import CLOCK_DIFFERENCE
from health_warehouse.landing.shown import shown
from health_warehouse.moments import to_minute
from health_warehouse.settings import Settings

_AHEAD = text(
    """
    select count(*) as file_count, max(received_at) as latest,
        (array_agg(facility_id order by received_at desc))[1] as facility_id,
        (array_agg(sha256 order by received_at desc))[1] as sha256
    from ops.files where received_at > clock_timestamp() + :difference
    """
)


def ahead_of_time(settings: Settings) -> Iterator[Finding]:
    with engine(settings, OWNER).connect() as connection:
        row = connection.execute(_AHEAD, {"difference": CLOCK_DIFFERENCE}).one()
    if row.file_count:
        latest = shown(row.facility_id, row.latest, row.sha256)
        yield Finding(
            "receipts",
            "warning",
            f"{row.file_count} files count as received in the future, such as {latest} "
            f"({to_minute(row.latest)} UTC): until then they win over every other delivery of "
            "their dossiers",
            "`warehouse ingest claims FILE --received-at TIME` with the same bytes "
            "(docs/runbooks/file_refused.md)",
        )
