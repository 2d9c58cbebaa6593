"""Checks that vacuum keeps up: dead rows, tables it leaves out, old ids, what holds it back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, TextClause, text

from health_warehouse.database.connections import OWNER, engine
from health_warehouse.doctor.finding import Finding
from health_warehouse.settings import Settings

# Twice what autovacuum lets happen by its defaults (20 % + 50 rows): it does not keep up.
_DEAD = text(
    """
    select
        schemaname || '.' || relname as name, n_dead_tup, n_live_tup,
        to_char(
            greatest(last_vacuum, last_autovacuum) at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'
        ) as vacuumed_at
    from pg_stat_user_tables
    where n_dead_tup > 10000 and n_dead_tup > 0.4 * n_live_tup
    order by n_dead_tup desc
    limit 5
    """
)
_OFF = text(
    """
    select
        not current_setting('autovacuum')::boolean as is_off,
        not current_setting('track_counts')::boolean as is_blind,
        array(
            select c.oid::regclass::text from pg_class as c
            cross join pg_options_to_table(c.reloptions) as option
            where
                c.relkind = 'r' and option.option_name = 'autovacuum_enabled'
                and not option.option_value::boolean
            order by 1 limit 5
        ) as tables
    """
)
# Postgres stops taking writes 3 million transactions before 2^31; autovacuum acts at
# autovacuum_freeze_max_age (200 million) by itself, whatever else it is told.
_AGE = text(
    """
    select
        datname, age(datfrozenxid) as age,
        current_setting('autovacuum_freeze_max_age')::bigint as acts_at
    from pg_database
    where datname = current_database()
    """
)
_TOO_OLD = 1_000_000_000
# backend_xmin: the oldest row version that a session may still see, and so vacuum must leave.
_OPEN = text(
    """
    select
        pid, usename, application_name, state,
        extract(epoch from clock_timestamp() - xact_start)::int / 60 as minutes
    from pg_stat_activity
    where
        datname = current_database() and backend_type = 'client backend'
        and (backend_xmin is not null or backend_xid is not null)
        and state <> 'idle in transaction'
        and xact_start < clock_timestamp() - interval '6 hours'
    order by xact_start
    """
)


def dead_rows(settings: Settings) -> Iterator[Finding]:
    for row in _rows(settings, _DEAD):
        when = f"last vacuumed {row.vacuumed_at}" if row.vacuumed_at else "never vacuumed"
        yield Finding(
            "vacuum",
            "warning",
            f"{row.name} has {row.n_dead_tup} dead rows beside {row.n_live_tup}, {when}",
            f"vacuum (analyze) {row.name}; look for the session that keeps them visible "
            "(docs/runbooks/vacuum_behind.md)",
        )


def switched_off(settings: Settings) -> Iterator[Finding]:
    (row,) = _rows(settings, _OFF)
    for is_so, name in ((row.is_off, "autovacuum"), (row.is_blind, "track_counts")):
        if is_so:
            yield Finding(
                "autovacuum",
                "error",
                f"{name} is off: dead rows stay, and transaction ids run out",
                f"alter system set {name} = on; select pg_reload_conf() "
                "(docs/runbooks/vacuum_behind.md)",
            )
    for table in row.tables:
        yield Finding(
            "autovacuum",
            "warning",
            f"autovacuum is switched off for {table}",
            f"alter table {table} reset (autovacuum_enabled) (docs/runbooks/vacuum_behind.md)",
        )


def old_ids(settings: Settings) -> Iterator[Finding]:
    (row,) = _rows(settings, _AGE)
    if row.age > 2 * row.acts_at:
        yield Finding(
            "transaction ids",
            "error" if row.age > _TOO_OLD else "warning",
            f"the oldest unfrozen row of {row.datname} is {row.age} transactions old; at 2147 "
            "million Postgres takes no more writes",
            f"end what holds vacuum back, then `vacuumdb --freeze {row.datname}` "
            "(docs/runbooks/transaction_ids.md)",
        )


def long_transactions(settings: Settings) -> Iterator[Finding]:
    """Such as work; those that idle are found after 10 minutes by another check."""
    for row in _rows(settings, _OPEN):
        yield Finding(
            "transactions",
            "warning",
            f"session {row.pid} of {row.usename} ({row.application_name}) is {row.state} in one "
            f"transaction for {row.minutes} minutes: no row that died since can be removed",
            f"select pg_cancel_backend({row.pid}), unless it must end by itself "
            "(docs/runbooks/long_transaction.md)",
        )


def all_checks(settings: Settings) -> Iterator[Finding]:
    """What maintenance looks at."""
    for check in (dead_rows, switched_off, old_ids, long_transactions):
        yield from check(settings)


def _rows(settings: Settings, query: TextClause) -> Sequence[Row[Any]]:
    with engine(settings, OWNER).connect() as connection:
        return connection.execute(query).all()
