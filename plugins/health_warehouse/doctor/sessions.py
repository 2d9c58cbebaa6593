"""Checks of what goes on: stale sessions, builds that nobody finishes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, TextClause, text

from health_warehouse.database.connections import OWNER, engine
from health_warehouse.doctor.finding import Finding
from health_warehouse.settings import Settings

_STALE = text(
    """
    select
        pid, usename, application_name,
        extract(epoch from clock_timestamp() - xact_start)::int / 60 as minutes,
        exists (
            select 1 from pg_locks where pg_locks.pid = activity.pid and locktype = 'advisory'
        ) as has_our_lock
    from pg_stat_activity as activity
    where
        datname = current_database()
        and state = 'idle in transaction'
        and xact_start < clock_timestamp() - interval '10 minutes'
    order by xact_start
    """
)
# Who builds, publishes or maintains keeps others out by a lock of its session, idle between its
# statements: while dbt works in another session that is the whole build, at most 4 h in a task.
_HOLDING = text(
    """
    select
        pid, usename, application_name,
        extract(epoch from clock_timestamp() - state_change)::int / 3600 as hours
    from pg_stat_activity as activity
    where
        datname = current_database()
        and state = 'idle'
        and state_change < clock_timestamp() - interval '6 hours'
        and exists (
            select from pg_locks
            where pg_locks.pid = activity.pid and locktype = 'advisory' and granted
        )
    order by state_change
    """
)
_ORPHANS = text(
    """
    select build_id, extract(epoch from clock_timestamp() - started_at)::int / 3600 as hours
    from ops.builds
    where status = 'building' and started_at < clock_timestamp() - interval '2 hours'
    order by build_id
    """
)


def stale(settings: Settings) -> Iterator[Finding]:
    for row in _rows(settings, _STALE):
        yield Finding(
            "sessions",
            "error" if row.has_our_lock else "warning",
            f"session {row.pid} of {row.usename} ({row.application_name}) has an open transaction "
            f"and has done nothing for {row.minutes} minutes"
            + (", and holds a lock that builds or publishing wait for" if row.has_our_lock else ""),
            f"select pg_terminate_backend({row.pid})",
        )


def holding(settings: Settings) -> Iterator[Finding]:
    for row in _rows(settings, _HOLDING):
        yield Finding(
            "turns",
            "warning",
            f"session {row.pid} of {row.usename} ({row.application_name}) keeps its turn at "
            f"building or maintenance and has done nothing for {row.hours} hours: its process may "
            "be stopped",
            f"end that process, or select pg_terminate_backend({row.pid})",
        )


def builds(settings: Settings) -> Iterator[Finding]:
    for row in _rows(settings, _ORPHANS):
        yield Finding(
            "builds",
            "warning",
            f"build {row.build_id} began {row.hours} hours ago and has not ended",
            "the next build replaces it: `warehouse build`, or trigger build_release",
        )


def _rows(settings: Settings, query: TextClause) -> Sequence[Row[Any]]:
    with engine(settings, OWNER).connect() as connection:
        return connection.execute(query).all()
