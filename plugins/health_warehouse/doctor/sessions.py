"""Checks of what goes on: forgotten transactions, builds that nobody finishes."""

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
            select from pg_locks as waiting
            where not granted and activity.pid = any (pg_blocking_pids(waiting.pid))
        ) as is_waited_for
    from pg_stat_activity as activity
    where
        datname = current_database()
        and state = 'idle in transaction'
        and xact_start < clock_timestamp() - interval '10 minutes'
        -- who has a turn idles until its work is done: see waiting.py
        and not exists (
            select from pg_locks inner join pg_class on pg_class.oid = relation
            where pg_locks.pid = activity.pid and mode = 'ExclusiveLock'
                and pg_class.oid in (
                    to_regclass('ops.turn_writing'), to_regclass('ops.turn_run'),
                    to_regclass('ops.turn_maintenance'), to_regclass('ops.schema_version'),
                    to_regclass('restore_under_way.turn')
                )
        )
    order by xact_start
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
            "error" if row.is_waited_for else "warning",
            f"session {row.pid} of {row.usename} ({row.application_name}) has an open transaction "
            f"and has done nothing for {row.minutes} minutes"
            + (", and others wait for what it holds" if row.is_waited_for else ""),
            f"select pg_terminate_backend({row.pid})",
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
