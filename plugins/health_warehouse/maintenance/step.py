"""What a step of maintenance is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from health_warehouse.settings import Settings


class StepName(StrEnum):
    """In the order in which they run; each begins with a verb, for they are names of tasks."""

    REMOVE_ARCHIVED_FILES = "remove_archived_files"
    REMOVE_SUPERSEDED_ROWS = "remove_superseded_rows"
    REMOVE_REPLACED_ROWS = "remove_replaced_rows"
    REMOVE_CHECK_RESULTS = "remove_check_results"
    REMOVE_INCIDENTS = "remove_incidents"
    REMOVE_ALERTS = "remove_alerts"
    REMOVE_RUNS = "remove_runs"
    TRIM_LOGS = "trim_logs"
    CLEAN_AIRFLOW = "clean_airflow"
    ANALYZE_TABLES = "analyze_tables"


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

    `preview` counts what `batches` would remove before that instant, and changes nothing.
    `batches` does the work; whoever iterates may stop after any batch.
    """

    name: StepName
    what: str
    unit: str
    keep_days: Callable[[Settings], int] | None
    preview: Callable[[Settings, datetime], Removed]
    batches: Callable[[Settings, datetime], Iterator[Batch]]
