"""Versions of claims move among the documents of all feeds, batch by batch."""

from __future__ import annotations

from collections.abc import Callable

from health_warehouse.database import former_dossiers
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.settings import Settings


def move_dossiers(
    settings: Settings, say: Callable[[str], None], *, batch_rows: int = former_dossiers.BATCH_ROWS
) -> None:
    """Nothing when they were moved before. Killed, it goes on where it stopped.

    Raises ConfigurationError when what was moved is not what was there; nothing is dropped then.
    """
    with engine(settings, OWNER).connect() as connection:
        if not former_dossiers.is_due(connection):
            return
    moved: dict[str, int] = {}
    while True:
        with engine(settings, OWNER).begin() as connection:
            batch = former_dossiers.move(connection, batch_rows)
        if batch is None:
            break
        moved[batch.step] = moved.get(batch.step, 0) + batch.rows
        say(f"claims as documents, {batch.step}: {moved[batch.step]:,} rows moved")
    with engine(settings, OWNER).begin() as connection:
        former_dossiers.end(connection)
    say("claims as documents: compared with what was there, the former tables are dropped")
