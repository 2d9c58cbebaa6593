"""Removal of old rows by one statement per batch: for tables of states and results."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from health_warehouse.maintenance.sessions import short_transaction
from health_warehouse.maintenance.step import Batch, Removed
from health_warehouse.settings import Settings

BATCH_SIZE = 2_000


@dataclass(frozen=True)
class Retention:
    """`count` selects how many may go; `remove` removes up to `:limit` of them with what belongs
    to them, and selects `removed_count` and `byte_count`. Both take `:before`."""

    count: str
    remove: str

    def preview(self, settings: Settings, before: datetime) -> Removed:
        with short_transaction(settings) as connection:
            return Removed(connection.execute(text(self.count), {"before": before}).scalar_one())

    def batches(self, settings: Settings, before: datetime) -> Iterator[Batch]:
        removed = Removed(BATCH_SIZE)
        while removed.count == BATCH_SIZE:
            with short_transaction(settings) as connection:
                row = connection.execute(
                    text(self.remove), {"before": before, "limit": BATCH_SIZE}
                ).one()
                removed = Removed(row.removed_count, int(row.byte_count))
                yield Batch(removed, connection)
