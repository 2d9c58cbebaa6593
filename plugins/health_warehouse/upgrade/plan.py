"""What an upgrade will do, how long it takes and how much disk, said before it begins."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from sqlalchemy import Connection, text

from health_warehouse.database import former_dossiers
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.database.upgrades import pending
from health_warehouse.privacy import key_state as state
from health_warehouse.release.size import LINES_THAT_COUNT
from health_warehouse.settings import Settings

# Measured on two cores (benchmarks/README.md): keys by the loader, a full build with its audit,
# and the first load of the marts with their keys and indexes.
_DOSSIERS_A_SECOND = 1_500
_LINES_A_SECOND = 11_000
_VERSIONS_MOVED_A_SECOND = 10_000

_SIZES = text(
    f"""
    select
        case
            when exists (select from ops.rekeyings where finished_at is null)
                then (select count(*) from ops.dossier_versions)
            else 0
        end as dossiers,
        ({LINES_THAT_COUNT}) as lines,
        pg_database_size(current_database()) as database_bytes,
        coalesce(
            sum(pg_total_relation_size(oid)) filter (
                where relnamespace::regnamespace::text in ('candidate', 'intermediate')
            ), 0
        )::bigint as candidate_bytes,
        coalesce(
            sum(pg_total_relation_size(oid)) filter (
                where relnamespace = to_regnamespace('marts')
            ), 0
        )::bigint as mart_bytes
    from pg_class
    where relkind = 'r'
    """  # noqa: S608
)


@dataclass(frozen=True)
class Plan:
    """`upgrades` are the names of what is due; empty when nothing is."""

    upgrades: list[str]
    dossiers_without_key: int
    lines: int
    database_bytes: int
    needed_bytes: int
    free_bytes: int | None
    seconds: int

    @property
    def has_room(self) -> bool:
        return self.free_bytes is None or self.free_bytes >= self.needed_bytes


def plan(settings: Settings) -> Plan:
    """Reads sizes only. `free_bytes` is None for a server that is not ours."""
    with engine(settings, OWNER).connect() as connection:
        return _plan(connection, settings)


def _plan(connection: Connection, settings: Settings) -> Plan:
    row = connection.execute(_SIZES).one()
    upgrades = pending(connection)
    former = former_dossiers.size(connection)
    is_open = state.open_rekeying(connection) is not None
    is_built_anew = upgrades != [former_dossiers.NAME]
    dossiers = row.dossiers + (former.versions if is_open else 0)
    lines = max(row.lines, former.lines) if is_built_anew else 0
    # A model is built beside its former table, and the log holds what is written until the next
    # checkpoint; the former marts go before the new ones come.
    to_build = (row.candidate_bytes + row.mart_bytes) // 2 if is_built_anew else 0
    return Plan(
        upgrades=upgrades,
        dossiers_without_key=dossiers,
        lines=lines,
        database_bytes=row.database_bytes,
        needed_bytes=to_build + former.byte_count * 3 // 2 + 2 * 1024**3,
        free_bytes=None if settings.dsn else shutil.disk_usage(settings.state).free,
        seconds=dossiers // _DOSSIERS_A_SECOND
        + lines // _LINES_A_SECOND
        + former.versions // _VERSIONS_MOVED_A_SECOND
        + 60,
    )
