"""What each facility's own past lets us expect of it: when it sends, how much is quarantined.

Until a calendar of expected deliveries comes with the register of facilities, a facility is
compared with itself, over its last RECENT_DAYS days with a claim file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, text

from health_warehouse.privacy.shown import shown_facility
from health_warehouse.settings import Settings

RECENT_DAYS = 21
"""So that of the 20 gaps between them two long ones, as of holidays, change nothing."""

_FORGOTTEN_AFTER = timedelta(days=365)
_OLD_SPIKE = timedelta(days=30)
_TIMES_AS_MUCH = 3

# Days to come are a sender's wrong clock. A gap is usual when nine of ten are no longer.
_RHYTHM = text(
    """
    with days as (
        select
            known.facility_id,
            known.noted_at,
            recent.day,
            recent.day - lag(recent.day) over (
                partition by known.facility_id order by recent.day
            ) as gap
        from ops.facilities as known
        cross join lateral (
            select d.day
            from ops.facility_days as d
            where
                d.facility_id = known.facility_id
                and d.day <= cast(now() at time zone 'Asia/Ho_Chi_Minh' as date)
            order by d.day desc
            limit :recent
        ) as recent
    )

    select
        facility_id,
        max(day) as last_day,
        -- a warehouse that is filled with what was sent long ago has watched nobody stop
        greatest(
            max(day),
            cast(nullif(noted_at, '-infinity') at time zone 'Asia/Ho_Chi_Minh' as date)
        ) as watched_from,
        cast(now() at time zone 'Asia/Ho_Chi_Minh' as date) as today,
        count(*) as day_count,
        percentile_disc(0.9) within group (order by gap) as usual_gap
    from days
    group by facility_id, noted_at
    order by facility_id
    """
)
_QUARANTINED = text(
    """
    select
        known.facility_id,
        cast(now() at time zone 'Asia/Ho_Chi_Minh' as date) as today,
        newest.day,
        newest.dossier_count,
        newest.quarantined_count,
        coalesce(before.quarantined::float / nullif(before.dossiers, 0), 0) as share_before
    from ops.facilities as known
    cross join lateral (
        select d.day, d.dossier_count, d.quarantined_count
        from ops.facility_days as d
        where
            d.facility_id = known.facility_id and d.dossier_count > 0
            and d.day <= cast(now() at time zone 'Asia/Ho_Chi_Minh' as date)
        order by d.day desc
        limit 1
    ) as newest
    cross join lateral (
        select sum(past.dossier_count) as dossiers, sum(past.quarantined_count) as quarantined
        from (
            select d.dossier_count, d.quarantined_count
            from ops.facility_days as d
            where d.facility_id = known.facility_id and d.day < newest.day
            order by d.day desc
            limit :recent
        ) as past
    ) as before
    where newest.quarantined_count >= :enough
    order by known.facility_id
    """
)


@dataclass(frozen=True)
class SilentFacility:
    """`last_day`: the local day of its last file; `usual_gap`: days between its files, usually."""

    facility_id: str
    last_day: date
    silent_days: int
    usual_gap: int

    @property
    def is_forgotten(self) -> bool:
        """It stopped so long ago that nobody is told anew."""
        return timedelta(days=self.silent_days) > _FORGOTTEN_AFTER


@dataclass(frozen=True)
class QuarantineSpike:
    """The newest day on which a facility sent dossiers, and the share quarantined before it."""

    facility_id: str
    day: date
    dossier_count: int
    quarantined_count: int
    share_before: float
    is_old: bool


def silent_facilities(connection: Connection, settings: Settings) -> list[SilentFacility]:
    """Facilities that used to send claims and stopped, by code.

    One that sent on WAREHOUSE_ALERT_FACILITY_REGULAR_DAYS days used to send. It stopped when it is
    silent for longer than WAREHOUSE_ALERT_FACILITY_PATIENCE times its usual gap, and than
    WAREHOUSE_ALERT_FACILITY_PATIENCE_DAYS, counted from the day on which it was first known here.
    """
    excused = {part.strip() for part in settings.alert_facilities_not_expected.split(",")}
    rows = connection.execute(_RHYTHM, {"recent": RECENT_DAYS})
    regular = [row for row in rows if row.day_count >= settings.alert_facility_regular_days]
    found = [_silence(row, settings) for row in regular]
    return [one for one in found if one is not None and one.facility_id not in excused]


def quarantine_spikes(connection: Connection, settings: Settings) -> list[QuarantineSpike]:
    """Facilities of whose last day far more was quarantined than usual, by code.

    At least WAREHOUSE_ALERT_SPIKE_DOSSIERS dossiers, the share WAREHOUSE_ALERT_SPIKE_SHARE, and
    three times the share of the days before.
    """
    values = {"recent": RECENT_DAYS, "enough": settings.alert_spike_dossiers}
    return [
        QuarantineSpike(
            shown_facility(row.facility_id),
            row.day,
            row.dossier_count,
            row.quarantined_count,
            row.share_before,
            row.today - row.day > _OLD_SPIKE,
        )
        for row in connection.execute(_QUARANTINED, values)
        if row.quarantined_count
        >= row.dossier_count
        * max(settings.alert_spike_share, min(1.0, _TIMES_AS_MUCH * row.share_before))
    ]


def _silence(row: Any, settings: Settings) -> SilentFacility | None:
    usual_gap = row.usual_gap or 1
    longest = int(settings.alert_facility_patience * usual_gap)
    patience = max(settings.alert_facility_patience_days, longest)
    if (row.today - row.watched_from).days <= patience:
        return None
    return SilentFacility(
        shown_facility(row.facility_id),
        row.last_day,
        (row.today - row.last_day).days,
        usual_gap,
    )
