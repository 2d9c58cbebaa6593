"""Which run of Airflow a build belongs to, so that messages can link to it."""

from __future__ import annotations

from sqlalchemy import text

from health_warehouse.database.connections import engine
from health_warehouse.settings import Settings


def note_run(settings: Settings, build_id: int, run_id: str) -> None:
    """`run_id` of the DAG build_release opened the build."""
    with engine(settings, "transformer").begin() as connection:
        connection.execute(
            text("update ops.builds set run_id = :run_id where build_id = :build_id"),
            {"run_id": run_id, "build_id": build_id},
        )
