"""What a batch is called once it is loaded: whose lists of which days, never a name of a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import text

from health_warehouse.database.connections import engine
from health_warehouse.feeds.catalogue import catalogue
from health_warehouse.privacy.shown import shown_facility
from health_warehouse.reference.canonical import canonical_code
from health_warehouse.settings import Settings

_NAMED = 3

# Of a list the day that it speaks of, of anything else the local day of receipt.
_LOADED = text(
    """
    select distinct
        coalesce(p.sender_id, f.facility_id) as facility_id,
        coalesce(p.as_of, cast(f.received_at at time zone 'Asia/Ho_Chi_Minh' as date)) as day
    from ops.files as f
    left join ops.delivery_partitions as p on p.file_id = f.file_id and p.feed = f.kind
    where f.file_id = any(:file_ids)
    """
)


def title_of(settings: Settings, file_ids: Sequence[int]) -> str | None:
    """Such as `96001, 2026-06-30`, or `14 facilities, 2026-06-30 to 2026-07-31`; None without any
    file. Of a refused file that does not say whose it is: `unknown`."""
    if not file_ids:
        return None
    with engine(settings, "loader").connect() as connection:
        rows: Sequence[Any] = connection.execute(_LOADED, {"file_ids": list(file_ids)}).all()
    if not rows:
        return None
    fixed = {
        canonical_code(one.sender.of): one.sender.of
        for one in catalogue(settings).values()
        if one.sender.kind == "fixed"
    }
    senders = {row.facility_id for row in rows}
    facilities = sorted({fixed.get(one) or shown_facility(one) for one in senders})
    days: list[date] = sorted({row.day for row in rows})
    many = len(facilities) > _NAMED
    named = f"{len(facilities)} facilities" if many else ", ".join(facilities)
    return f"{named}, {days[0]}" + (f" to {days[-1]}" if len(days) > 1 else "")
