"""The record of maintenance in ops: a row per run and step."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlalchemy import Connection, text

from health_warehouse.maintenance.names import StepName
from health_warehouse.maintenance.sessions import short_transaction
from health_warehouse.maintenance.step import Removed
from health_warehouse.settings import Settings

State = Literal["done", "unfinished", "failed", "off", "would"]

_BEGIN = text(
    """
    insert into ops.maintenance_steps (run_id, step, state, keep_days)
    values (:run_id, :step, 'running', :keep_days)
    on conflict (run_id, step) do update
        set state = 'running', message = null, finished_at = null
    """
)
# Whoever has the turn of maintenance is the only one at work: other running steps were killed.
_CUT_OFF = text("update ops.maintenance_steps set state = 'cut off' where state = 'running'")
_ADD = text(
    """
    update ops.maintenance_steps
    set removed_count = removed_count + :count, removed_bytes = removed_bytes + :byte_count
    where run_id = :run_id and step = :step
    """
)
_FINISH = text(
    """
    update ops.maintenance_steps
    set state = :state, message = :message, finished_at = clock_timestamp()
    where run_id = :run_id and step = :step
    """
)


@dataclass(frozen=True)
class StepResult:
    """What a step came to; state `would` is a dry run."""

    step: StepName
    state: State
    keep_days: int
    unit: str
    removed: Removed
    message: str | None = None

    def as_dict(self) -> dict[str, Any]:
        told = asdict(self)
        counted = told.pop("removed")
        return told | {"step": str(self.step), "removed": counted["count"],
                       "bytes": counted["byte_count"]}  # fmt: skip


def open_run(settings: Settings) -> int:
    """The id of a new run."""
    with short_transaction(settings) as connection:
        inserted = connection.execute(
            text("insert into ops.maintenance_runs default values returning run_id")
        )
        return int(inserted.scalar_one())


def begin(settings: Settings, run_id: int, step: StepName, keep_days: int) -> None:
    """Note that the step runs. A task that is tried again goes on with its own row."""
    with short_transaction(settings) as connection:
        connection.execute(_CUT_OFF)
        connection.execute(_BEGIN, {"run_id": run_id, "step": step, "keep_days": keep_days})


def add(connection: Connection, run_id: int, step: StepName, removed: Removed) -> None:
    """Count what goes, in the transaction in which it goes."""
    connection.execute(_ADD, {"run_id": run_id, "step": step} | asdict(removed))


def finish(
    settings: Settings, run_id: int, step: StepName, state: State, message: str | None
) -> None:
    """Note how the step ended."""
    with short_transaction(settings) as connection:
        connection.execute(
            _FINISH, {"run_id": run_id, "step": step, "state": state, "message": message}
        )


def removed_by(settings: Settings, run_id: int, step: StepName) -> Removed:
    """What the step removed in that run, though it failed in the end."""
    with short_transaction(settings) as connection:
        row = connection.execute(
            text(
                "select removed_count, removed_bytes from ops.maintenance_steps"
                " where run_id = :run_id and step = :step"
            ),
            {"run_id": run_id, "step": step},
        ).one_or_none()
    return Removed(row.removed_count, row.removed_bytes) if row else Removed()
