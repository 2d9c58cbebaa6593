"""What a publication wrote, in bytes of Postgres's log, and what had to be written."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg import sql

from health_warehouse.database.connections import dispose_engines
from health_warehouse.marts.manifest import load_contracts
from health_warehouse.release.releases import Release
from health_warehouse.release.shadows import DELETED, shadow_table
from health_warehouse.release.statements import mart_table
from health_warehouse.release.transaction import fetch_row, reading_transaction
from health_warehouse.settings import Settings

_LOG = (
    "select pg_current_wal_insert_lsn() - '0/0' as log_bytes, wal_fpi as page_images"
    " from pg_stat_wal"
)
# Rows that the transaction of the release inserted: it wrote its own row in ops.releases, too.
_INSERTED = sql.SQL(
    "select coalesce(sum(pg_column_size(mart)), 0) as row_bytes from {mart} as mart"
    " where mart.xmin = (select xmin from ops.releases where release_id = %(release_id)s)"
)
_DELETED = sql.SQL(
    "select coalesce(sum(pg_column_size(gone)), 0) as row_bytes"
    " from (select {columns} from {shadow} where release_id = %(release_id)s and action = {action})"
    " as gone"
)


@dataclass(frozen=True)
class LogPosition:
    """How much the server has logged since it was made: bytes, and images of whole pages.

    Of all sessions: nobody else may be at work between the two positions that are compared.
    """

    log_bytes: int
    page_images: int

    @classmethod
    def now(cls, settings: Settings) -> LogPosition:
        dispose_engines()  # a session reports its share when it ends
        with reading_transaction(settings) as cursor:
            row = fetch_row(cursor, _LOG)
        return cls(int(row.log_bytes), int(row.page_images))

    def since(self, earlier: LogPosition) -> LogPosition:
        return LogPosition(
            self.log_bytes - earlier.log_bytes, self.page_images - earlier.page_images
        )


def changed_bytes(settings: Settings, release: Release) -> int:
    """Bytes of the rows of marts that a release deleted and of those that it inserted."""
    values = {"release_id": release.release_id}
    total = 0
    with reading_transaction(settings) as cursor:
        for contract in load_contracts(settings):
            columns = sql.SQL(", ").join(map(sql.Identifier, contract.column_names))
            shadow = shadow_table(contract.name)
            for statement in (
                _INSERTED.format(mart=mart_table(contract.name)),
                _DELETED.format(columns=columns, shadow=shadow, action=sql.Literal(DELETED)),
            ):
                total += int(fetch_row(cursor, statement, values).row_bytes)
    return total
