"""All steps of maintenance, each on its own: one that fails keeps none from running."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from health_warehouse.doctor import vacuuming
from health_warehouse.doctor.finding import Finding
from health_warehouse.errors import ConfigurationError, WarehouseError
from health_warehouse.maintenance import (
    airflow_metadata,
    alerts,
    archived_files,
    check_results,
    former_readings,
    incidents,
    logs,
    record,
    replaced_rows,
    runs,
    statistics_of_tables,
    superseded_rows,
)
from health_warehouse.maintenance.names import StepName
from health_warehouse.maintenance.record import State, StepResult
from health_warehouse.maintenance.sessions import alone, short_transaction
from health_warehouse.maintenance.step import Batch, Removed, Step
from health_warehouse.settings import Settings
from health_warehouse.telling import told

STEPS: dict[StepName, Step] = {
    module.STEP.name: module.STEP
    for module in (
        archived_files,
        superseded_rows,
        former_readings,
        replaced_rows,
        check_results,
        incidents,
        alerts,
        runs,
        logs,
        airflow_metadata,
        statistics_of_tables,
    )
}
_SECONDS_PER_STEP = 600.0  # what is left then is for the next night
# Somebody else has what we need, or two waited for each other: theirs goes first.
_IN_THE_WAY = ("55P03", "40P01")

Say = Callable[[str], None]


@dataclass(frozen=True)
class Report:
    """What maintenance came to. `run_id` is None in a dry run."""

    run_id: int | None
    steps: tuple[StepResult, ...]
    findings: tuple[Finding, ...]

    @property
    def is_well(self) -> bool:
        return not any(step.state == "failed" for step in self.steps) and not any(
            finding.level == "error" for finding in self.findings
        )

    def as_dict(self) -> dict[str, Any]:
        return {
            "run_id": self.run_id,
            "steps": [step.as_dict() for step in self.steps],
            "findings": [finding.as_dict() for finding in self.findings],
        }


def maintain(
    settings: Settings, say: Say, dry_run: bool = False, only: StepName | None = None
) -> Report:
    """Every step, or `only` one, then a look whether vacuum keeps up.

    `say` is told what is at work; what it came to is in the report.

    A step that fails is there, too. Raises what hinders all of them: no database, no role.
    """
    names = tuple(StepName) if only is None else (only,)
    run_id = None if dry_run else record.open_run(settings)
    results = []
    for name in names:
        say(name)
        try:
            if run_id is None:
                results.append(preview_step(settings, name))
            else:
                results.append(run_step(settings, run_id, name, say))
        except (WarehouseError, SQLAlchemyError, psycopg.Error, OSError) as error:
            results.append(_failed(settings, run_id, name, error))
    return Report(run_id, tuple(results), tuple(vacuuming.all_checks(settings)))


def preview_step(settings: Settings, name: StepName) -> StepResult:
    """What the step would remove now. Changes nothing."""
    step = STEPS[name]
    keep_days = _keep_days(settings, step)
    if _is_off(step, keep_days):
        return StepResult(name, "off", keep_days, step.unit, Removed())
    removed = step.preview(settings, _before(keep_days))
    return StepResult(name, "would", keep_days, step.unit, removed)


def run_step(settings: Settings, run_id: int, name: StepName, say: Say) -> StepResult:
    """Do the step until nothing is left, its time is up, or somebody stands in the way.

    Raises what stopped it; what went until then is gone and recorded.
    """
    step = STEPS[name]
    keep_days = _keep_days(settings, step)
    removed = Removed()
    state: State = "off" if _is_off(step, keep_days) else "done"
    message = None
    with alone(settings):
        record.begin(settings, run_id, name, keep_days)
        try:
            if state == "done":
                deadline = time.monotonic() + _SECONDS_PER_STEP
                for batch in step.batches(settings, _before(keep_days)):
                    _note(settings, run_id, name, batch)
                    removed += batch.removed
                    say(f"{name}: {removed.count} {step.unit}, {removed.byte_count} bytes")
                    if time.monotonic() > deadline:
                        state, message = "unfinished", "its time was up"
                        break
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) not in _IN_THE_WAY:
                record.finish(settings, run_id, name, "failed", told(error))
                raise
            state, message = "unfinished", "somebody held a lock that it needed"
        except Exception as error:
            record.finish(settings, run_id, name, "failed", told(error))
            raise
        record.finish(settings, run_id, name, state, message)
    return StepResult(name, state, keep_days, step.unit, removed, message)


def tell(result: StepResult) -> str:
    """One line of a step's result."""
    if result.state == "off":
        return f"{result.step}: off, kept for ever"
    ended = f"{result.state}: " if result.state in ("unfinished", "failed") else ""
    would_be = "would be " if result.state == "would" else ""
    size = f", {result.removed.byte_count} bytes" if result.removed.byte_count else ""
    kept = f"; kept for {result.keep_days} days" if result.keep_days else ""
    why = f" ({result.message})" if result.message else ""
    count = f"{result.removed.count} {result.unit} {would_be}{STEPS[result.step].done}"
    return f"{result.step}: {ended}{count}{size}{kept}{why}"


def _note(settings: Settings, run_id: int, name: StepName, batch: Batch) -> None:
    if batch.connection is not None:
        record.add(batch.connection, run_id, name, batch.removed)
        return
    with short_transaction(settings) as connection:
        record.add(connection, run_id, name, batch.removed)


def _failed(settings: Settings, run_id: int | None, name: StepName, error: Exception) -> StepResult:
    step = STEPS[name]
    removed = Removed() if run_id is None else record.removed_by(settings, run_id, name)
    return StepResult(name, "failed", _keep_days(settings, step), step.unit, removed, told(error))


def _keep_days(settings: Settings, step: Step) -> int:
    return step.keep_days(settings) if step.keep_days else 0


def _is_off(step: Step, keep_days: int) -> bool:
    return step.keep_days is not None and keep_days == 0 and not step.works_without_bound


def _before(keep_days: int) -> datetime:
    return datetime.now(UTC) - timedelta(days=keep_days)


def step_named(name: str) -> StepName:
    """Raises ConfigurationError, naming the steps, when there is none of that name."""
    try:
        return StepName(name)
    except ValueError:
        raise ConfigurationError(
            f"there is no step {name!r}; the steps are {', '.join(StepName)}"
        ) from None
