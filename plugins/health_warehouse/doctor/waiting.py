"""Checks of locks: who holds what a session of ours waits for, who keeps a turn without working."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import text

from health_warehouse.database.connections import OWNER, engine, owner_url
from health_warehouse.database.roles import ROLES, role_name
from health_warehouse.database.watchdog import SUFFIX
from health_warehouse.doctor.finding import Finding
from health_warehouse.settings import Settings

# What a session of another role does is shown to members of pg_read_all_stats only.
_BLOCKING = text(
    """
    select
        waiting.pid as waiting_pid, waiting.usename::text as waiting_name,
        extract(epoch from clock_timestamp() - pg_locks.waitstart)::int as waited_seconds,
        holder.pid, holder.usename::text as name, holder.application_name,
        coalesce(holder.state, 'in a state that is not shown to us') as state,
        coalesce(' from ' || host(holder.client_addr), '') as origin,
        coalesce(
            ', in a transaction since '
            || to_char(holder.xact_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'), ''
        ) as since
    from pg_locks
    inner join pg_stat_activity as waiting using (pid)
    cross join lateral unnest(pg_blocking_pids(pg_locks.pid)) as blocking (pid)
    inner join pg_stat_activity as holder on holder.pid = blocking.pid
    where
        not pg_locks.granted and waiting.datname = current_database()
        and waiting.usename = any (:ours)
        and pg_locks.waitstart < clock_timestamp() - interval '10 seconds'
    order by waited_seconds desc
    limit 5
    """
)
_SILENT = text(
    """
    select
        holder.pid, holder.usename::text as name, holder.application_name,
        pg_class.relname::text as view,
        extract(epoch from clock_timestamp() - max(shown.state_change))::int as seconds
    from pg_locks
    inner join pg_class on pg_class.oid = pg_locks.relation
    inner join pg_stat_activity as holder using (pid)
    left join pg_stat_activity as shown
        on shown.application_name = holder.application_name || :suffix
            and shown.usename = holder.usename
    where
        pg_locks.locktype = 'relation' and pg_locks.granted and pg_locks.mode = 'ExclusiveLock'
        and holder.datname = current_database()
        and pg_class.relnamespace = to_regnamespace('ops') and pg_class.relname like 'turn\\_%'
    group by holder.pid, holder.usename, holder.application_name, pg_class.relname
    having
        count(shown.pid) = 0
        or max(shown.state_change) < clock_timestamp() - make_interval(secs => :bound)
    order by holder.pid
    """
)


def blocked(settings: Settings) -> Iterator[Finding]:
    """Whom our sessions wait for, longer than a moment."""
    ours = [role_name(settings, role) for role in ROLES if not role.endswith("_reader")]
    ours.append(str(owner_url(settings).username))
    with engine(settings, OWNER).connect() as connection:
        for row in connection.execute(_BLOCKING, {"ours": ours}).all():
            yield Finding(
                "locks",
                "warning",
                f"session {row.waiting_pid} of {row.waiting_name} has waited for "
                f"{row.waited_seconds} s for what session {row.pid} of {row.name} "
                f"({row.application_name}{row.origin}) holds: it is {row.state}{row.since}",
                f"let it end, or select pg_terminate_backend({row.pid}) "
                "(docs/runbooks/somebody_holds_a_lock.md)",
            )


def silent(settings: Settings) -> Iterator[Finding]:
    """Who has a turn, and whose process shows no sign of life."""
    values = {"suffix": SUFFIX, "bound": settings.silent_holder_seconds}
    with engine(settings, OWNER).connect() as connection:
        for row in connection.execute(_SILENT, values).all():
            since = "" if row.seconds is None else f" for {row.seconds} s"
            yield Finding(
                "turns",
                "error",
                f"session {row.pid} of {row.name} ({row.application_name}) has the turn "
                f"{row.view.removeprefix('turn_')}, and its process has shown no sign of life"
                f"{since}: it may be stopped",
                f"end that process, or select pg_terminate_backend({row.pid}) "
                "(docs/runbooks/somebody_holds_a_lock.md)",
            )
