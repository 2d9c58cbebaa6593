"""Deliveries that are missing by the calendar: one alert per feed and period, with who owes it.

The calendar is filled ahead (landing/expected.py), so this needs neither a build nor Airflow.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, text

from health_warehouse.alerting.conditions import Condition, Kind, Reading, Told
from health_warehouse.landing.delivery_states import MissingDelivery, missing
from health_warehouse.landing.rhythm import silent_facilities
from health_warehouse.reference.due import LOCAL_TIME
from health_warehouse.settings import Settings

_KINDS = frozenset({Kind.DELIVERIES_MISSING})
_OF_ROWS = text("select feed from ops.feeds where is_of_rows")


def read_deliveries(connection: Connection, told: Told, settings: Settings) -> Reading:
    """Conditions of missing deliveries, as they are now."""
    now = datetime.now(UTC)
    excused = {part.strip() for part in settings.alert_facilities_not_expected.split(",")}
    is_open = [
        (alert.facts["feed"], alert.facts["period"])
        for alert in told.open_of(Kind.DELIVERIES_MISSING)
    ]
    found = [one for one in missing(connection, is_open) if one.sender_id not in excused]
    if found:
        found = _not_told_as_silent(connection, told, settings, found)
    conditions = []
    for (feed, period), group in groupby(found, key=lambda one: (one.feed, one.period)):
        fingerprint = f"{Kind.DELIVERIES_MISSING.value} {feed} {period}"
        conditions.append(_condition(fingerprint, list(group), now))
    return Reading(tuple(conditions), _KINDS)


def told_as_missing(told: Told) -> set[str]:
    """Facilities of which an alert of the calendar is open."""
    return {
        one["facility"]
        for alert in told.open_of(Kind.DELIVERIES_MISSING)
        for one in alert.facts["facilities"]
    }


def _not_told_as_silent(
    connection: Connection, told: Told, settings: Settings, found: list[MissingDelivery]
) -> list[MissingDelivery]:
    """Without claims of facilities that are told to have stopped; what the calendar told stays."""
    of_rows: set[str] = set(connection.execute(_OF_ROWS).scalars())
    if all(one.feed in of_rows for one in found):
        return found
    silent = {one.facility_id for one in silent_facilities(connection, settings)}
    silent -= told_as_missing(told)
    return [one for one in found if one.feed in of_rows or one.sender_id not in silent]


def _condition(fingerprint: str, members: list[MissingDelivery], now: datetime) -> Condition:
    due = members[0].due_at
    facts: dict[str, Any] = {
        "feed": members[0].feed,
        "period": members[0].period,
        "due_day": f"{(due - timedelta(seconds=1)).astimezone(LOCAL_TIME):%Y-%m-%d}",
        "facilities": [
            {"facility": one.sender_id, "days_late": (now - one.due_at).days} for one in members
        ],
    }
    return Condition(
        fingerprint,
        Kind.DELIVERIES_MISSING,
        occurrence_count=len(members),
        first_at=members[0].missing_at,
        last_at=now,
        facts=facts,
    )
