"""Checks of receipts: files that count as received in the future, facilities that stopped."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import text

from health_warehouse.database.connections import OWNER, engine
from health_warehouse.doctor.finding import Finding
from health_warehouse.landing.clock import CLOCK_DIFFERENCE
from health_warehouse.landing.rhythm import silent_facilities
from health_warehouse.moments import to_minute
from health_warehouse.privacy.shown import shown
from health_warehouse.settings import Settings

_SHOWN = 10
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


def stopped(settings: Settings) -> Iterator[Finding]:
    """Facilities that used to send claims and are silent now."""
    with engine(settings, "ops_reader").connect() as connection:
        silent = [one for one in silent_facilities(connection, settings) if not one.is_forgotten]
    if silent:
        named = ", ".join(f"{one.facility_id} (last {one.last_day})" for one in silent[:_SHOWN])
        more = f" and {len(silent) - _SHOWN} more" if len(silent) > _SHOWN else ""
        yield Finding(
            "facilities",
            "warning",
            f"{len(silent)} facilities stopped sending claims: {named}{more}",
            "call them, or name them in WAREHOUSE_ALERT_FACILITIES_NOT_EXPECTED "
            "(docs/runbooks/facilities.md)",
        )
