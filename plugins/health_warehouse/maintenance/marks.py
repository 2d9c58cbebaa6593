"""How far a step has walked through a long table.

What may go depends on what happened since, so no row is done with for good. A run looks at a
stretch of the ledger by its key, the next run goes on from there, and round again: so a run costs
the same at any length of history.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from health_warehouse.maintenance.names import StepName

_SET = text(
    """
    insert into ops.maintenance_marks (step, last_id) values (:step, :last_id)
    on conflict (step) do update set last_id = excluded.last_id
    """
)


def mark(connection: Connection, step: StepName, part: str = "") -> int:
    """The last id that was looked at; 0 at the beginning of a round."""
    found = connection.execute(
        text("select last_id from ops.maintenance_marks where step = :step"),
        {"step": f"{step}{part}"},
    ).scalar()
    return int(found or 0)


def set_mark(connection: Connection, step: StepName, last_id: int, part: str = "") -> None:
    connection.execute(_SET, {"step": f"{step}{part}", "last_id": last_id})
