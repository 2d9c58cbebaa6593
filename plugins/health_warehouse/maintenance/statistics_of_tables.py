"""Statistics of the planner, where they are missing or stale.

Autovacuum renews them within a minute of a large change, but not for a table that was dropped and
made anew with a few rows, and late where it falls behind.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from psycopg import sql
from sqlalchemy import text

from health_warehouse.database.connections import OWNER, driver_connection
from health_warehouse.database.rights import schemas
from health_warehouse.maintenance.names import StepName
from health_warehouse.maintenance.sessions import short_transaction
from health_warehouse.maintenance.step import Batch, Removed, Step
from health_warehouse.settings import Settings

# Twice what autovacuum waits for by its defaults (10 % + 50 rows), so not what it is about to do.
_STALE = text(
    """
    select s.schemaname::text as schema, s.relname::text as name
    from pg_stat_user_tables as s
    inner join pg_class as c on c.oid = s.relid
    where
        s.schemaname = any(:schemas)
        and (
            s.n_mod_since_analyze > 100 + 0.2 * greatest(s.n_live_tup, 0)
            or (
                s.last_analyze is null and s.last_autoanalyze is null
                and c.relpages > 0 and c.reltuples < 0
            )
        )
    order by 1, 2
    """
)


def _stale(settings: Settings) -> list[tuple[str, str]]:
    with short_transaction(settings, OWNER) as connection:
        rows = connection.execute(_STALE, {"schemas": sorted(schemas())})
        return [(str(row.schema), str(row.name)) for row in rows]


def preview(settings: Settings, _before: datetime) -> Removed:
    return Removed(len(_stale(settings)))


def batches(settings: Settings, _before: datetime) -> Iterator[Batch]:
    """A table that somebody has locked is left to the next run."""
    for schema, name in _stale(settings):
        with short_transaction(settings, OWNER) as connection:
            driver_connection(connection).execute(
                sql.SQL("analyze (skip_locked) {}").format(sql.Identifier(schema, name))
            )
            yield Batch(Removed(1), connection)


STEP = Step(
    StepName.ANALYZE_TABLES,
    "tables",
    None,
    preview,
    batches,
    done="analyzed",
)
