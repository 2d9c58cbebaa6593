"""Logs of services, by size, and of tasks, by age."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from health_warehouse.maintenance.names import StepName
from health_warehouse.maintenance.step import Batch, Removed, Step
from health_warehouse.services.logs import trim
from health_warehouse.settings import Settings

_FOR_EVER = 36_500  # days


def preview(settings: Settings, _before: datetime) -> Removed:
    return _trim(settings, dry_run=True)


def batches(settings: Settings, _before: datetime) -> Iterator[Batch]:
    yield Batch(_trim(settings, dry_run=False))


def _trim(settings: Settings, *, dry_run: bool) -> Removed:
    trimmed = trim(settings, settings.keep_log_days or _FOR_EVER, dry_run)
    return Removed(trimmed.services + trimmed.tasks, trimmed.byte_count)


STEP = Step(
    StepName.TRIM_LOGS,
    "logs",
    lambda settings: settings.keep_log_days,
    preview,
    batches,
    done="trimmed",
    works_without_bound=True,  # logs of services go by size, whatever the bound on those of tasks
)
