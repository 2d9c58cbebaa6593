"""What came of what is owed: delivered, late, missing or not yet due, and by how long."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from health_warehouse.database.connections import engine
from health_warehouse.landing.expected import fill
from health_warehouse.reference.due import LOCAL_TIME
from health_warehouse.settings import Settings

STATES = ("missing", "late", "not_due", "delivered_late", "delivered")
"""In the order in which people want to see them."""

TOLD_FOR = timedelta(days=92)
"""What was due so long ago is not told anew."""

_STATES = text(
    """
    select
        feed, sender_id, calendar, period, period_start, period_end, due_at, delivered_at, state,
        late_by
    from ops.delivery_states
    where
        (cast(:feed as text) is null or feed = :feed)
        and (cast(:sender_id as text) is null or sender_id = :sender_id)
        and (
            cast(:first as date) is null
            or period_end between :first and :last or period_start between :first and :last
        )
        -- of each feed the two periods that were due last, and those ahead
        and (
            not :is_recent
            or due_at > now() - make_interval(days => 2 * (period_end - period_start + 1))
        )
    order by feed, period_start, sender_id
    """
)
_MISSING = text(
    """
    select feed, sender_id, period, due_at, missing_at from ops.delivery_states
    where
        state = 'missing' and is_told and missing_at < now()
        and (
            due_at > now() - cast(:back as interval)
            or (feed, period) in (
                select * from unnest(cast(:feeds as text[]), cast(:periods as text[]))
            )
        )
    order by feed, period_start, sender_id
    """
)


@dataclass(frozen=True, slots=True)
class DeliveryState:
    """One row of `ops.delivery_states`; `late_by` None: in time, or not due yet."""

    feed: str
    sender_id: str
    calendar: str
    period: str
    period_start: date
    period_end: date
    due_at: datetime
    delivered_at: datetime | None
    state: str
    late_by: timedelta | None

    @property
    def late_days(self) -> float | None:
        """To a tenth of a day."""
        return None if self.late_by is None else round(self.late_by / timedelta(days=1), 1)

    def as_json(self) -> dict[str, Any]:
        """Instants in local time, days as text."""
        told = asdict(self)
        del told["late_by"]
        for name in ("period_start", "period_end"):
            told[name] = told[name].isoformat()
        for name in ("due_at", "delivered_at"):
            told[name] = told[name] and told[name].astimezone(LOCAL_TIME).isoformat()
        return {**told, "late_days": self.late_days}


@dataclass(frozen=True, slots=True)
class MissingDelivery:
    """Somebody owes it, and it has not come by the end of its grace."""

    feed: str
    sender_id: str
    period: str
    due_at: datetime
    missing_at: datetime


def states(
    settings: Settings,
    feed: str | None = None,
    sender_id: str | None = None,
    days: tuple[date, date] | None = None,
    *,
    is_recent: bool = False,
) -> list[DeliveryState]:
    """What is owed and what came of it, by feed, period and sender, as of now.

    Brings the calendar up to date first; raises as `expected.fill`. `days`: periods that begin or
    end in them. `is_recent`: of each feed the two periods that were due last, and those ahead.
    """
    fill(settings)
    first, last = days or (None, None)
    values = {
        "feed": feed,
        "sender_id": sender_id,
        "first": first,
        "last": last,
        "is_recent": is_recent,
    }
    with engine(settings, "loader").connect() as connection:
        return [DeliveryState(**row) for row in connection.execute(_STATES, values).mappings()]


def missing(
    connection: Connection, also: Collection[tuple[str, str]] = ()
) -> Sequence[MissingDelivery]:
    """What is missing and is to be told: it was due after the warehouse took the feed up, and not
    longer ago than TOLD_FOR; `also` of these feeds and periods, however long ago."""
    values = {
        "back": TOLD_FOR,
        "feeds": [feed for feed, _ in also],
        "periods": [period for _, period in also],
    }
    return [MissingDelivery(**row) for row in connection.execute(_MISSING, values).mappings()]
