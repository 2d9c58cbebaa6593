"""Whether Airflow's scheduler lives, and whether anything ever ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from health_warehouse.alerting.conditions import Condition, Kind, Reading

# `watch_inbox` runs every minute and `build_release` every five. Either may take an hour; that
# nothing at all ends for so long means that tasks are started no more.
NOTHING_ENDS_AFTER = timedelta(minutes=30)

_STATE = """
select
    clock_timestamp() as now,
    (select max(latest_heartbeat) from job where job_type = 'SchedulerJob') as beat_at,
    (select max(end_date) from dag_run where run_after > now() - interval '2 days') as ended_at,
    exists (select from dag where not is_paused and not is_stale) as has_work
"""


def read_scheduler(
    metadata: psycopg.Connection[Any], watching_since: datetime, patience: timedelta
) -> Reading:
    """Silent: no heartbeat for longer than `patience`.

    A silence counts from `watching_since` on, when the sender started: after the machine was
    switched off, what it reads first is of yesterday.
    """
    [row] = metadata.execute(_STATE).fetchall()
    kinds = frozenset({Kind.SCHEDULER_SILENT, Kind.NOTHING_ENDS})
    beat_at = max(row.beat_at or watching_since, watching_since)
    if row.now - beat_at > patience:
        silent = _condition(Kind.SCHEDULER_SILENT, beat_at, row.now)
        # That nothing ends is a consequence of it, not a second cause.
        return Reading((silent,), kinds - {Kind.NOTHING_ENDS})
    ended_at = max(row.ended_at or watching_since, watching_since)
    if row.has_work and row.now - ended_at > NOTHING_ENDS_AFTER:
        return Reading((_condition(Kind.NOTHING_ENDS, ended_at, row.now),), kinds)
    return Reading((), kinds)


def unreachable(since: datetime, patience: timedelta) -> Reading:
    """What to tell while the metadata cannot be read, and has not been since an instant."""
    now = datetime.now(UTC)
    if now - since <= patience:
        return Reading((), frozenset())
    return Reading((_condition(Kind.METADATA_UNREACHABLE, since, now),), frozenset())


def reachable() -> Reading:
    """The metadata could be read."""
    return Reading((), frozenset({Kind.METADATA_UNREACHABLE}))


def _condition(kind: Kind, first_at: datetime, last_at: datetime) -> Condition:
    return Condition(kind.value, kind, occurrence_count=1, first_at=first_at, last_at=last_at)
