"""What a step of maintenance is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from health_warehouse.maintenance.names import StepName
from health_warehouse.settings import Settings


@dataclass(frozen=True)
class Removed:
    """What went, or would go: `count` in the unit of the step, bytes where they are known."""

    count: int = 0
    byte_count: int = 0

    def __add__(self, other: Removed) -> Removed:
        return Removed(self.count + other.count, self.byte_count + other.byte_count)


@dataclass(frozen=True)
class Batch:
    """A bounded piece of work that is done and, where it has a `connection`, not committed yet."""

    removed: Removed
    connection: Connection | None = None


@dataclass(frozen=True)
class Step:
    """`keep_days` of the settings, 0 = for ever; None: the step removes nothing by age.

    With 0 the step is off, unless it has work that no bound limits (`works_without_bound`). `done`
    says what was done to the things that are counted.

    `preview` counts what `batches` would remove before that instant, and changes nothing.
    `batches` does the work; whoever iterates may stop after any batch.
    """

    name: StepName
    unit: str
    keep_days: Callable[[Settings], int] | None
    preview: Callable[[Settings, datetime], Removed]
    batches: Callable[[Settings, datetime], Iterator[Batch]]
    done: str = "removed"
    works_without_bound: bool = False
