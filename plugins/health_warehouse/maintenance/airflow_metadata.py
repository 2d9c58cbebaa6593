"""Airflow's own history, where this machine keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from health_warehouse.maintenance.names import StepName
from health_warehouse.maintenance.step import Batch, Removed, Step
from health_warehouse.services.airflow import Airflow
from health_warehouse.services.airflow_cleaning import clean
from health_warehouse.services.airflow_environment import airflow_home
from health_warehouse.services.bring_up import airflow
from health_warehouse.settings import Settings


def _service(settings: Settings) -> Airflow | None:
    """None where `warehouse up` never started one, as in a container of a worker: its tasks reach
    neither Airflow's database nor its keys, on purpose (docs/operations/containers.md)."""
    if not (airflow_home(settings) / "metadata.json").exists():
        return None
    return airflow(settings)


def preview(settings: Settings, before: datetime) -> Removed:
    service = _service(settings)
    return Removed(clean(service, before, dry_run=True)) if service else Removed()


def batches(settings: Settings, before: datetime) -> Iterator[Batch]:
    service = _service(settings)
    if service is not None:
        yield Batch(Removed(clean(service, before)))


STEP = Step(
    StepName.CLEAN_AIRFLOW,
    "rows",
    lambda settings: settings.keep_airflow_days,
    preview,
    batches,
)
