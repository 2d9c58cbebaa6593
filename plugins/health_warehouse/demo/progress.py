"""What the scheduler is doing with the delivery, read from Airflow's metadata and the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from health_warehouse.database.connections import engine
from health_warehouse.services.airflow import Airflow
from health_warehouse.settings import Settings

_TASKS = """
select dag_id, task_id, run_id, map_index, try_number, state, start_date, end_date
from task_instance
where start_date >= '{since}' and start_date <= '{until}'
order by start_date
"""
_FAILED_RUNS = """
select dag_id, run_id from dag_run
where state = 'failed' and start_date >= '{since}' order by start_date
"""
_LEDGER = """
select
    (select change_id from ops.log_end) as last_change_id,
    (select release_id from ops.releases where status = 'current') as release_id,
    (select to_change_id from ops.releases where status = 'current') as published_change_id,
    (select message from ops.incidents where state = 'open' order by opened_at desc limit 1)
        as incident
"""
_JUDGED = """
select count(*) from ops.file_receipts join ops.files using (file_id)
where file_receipts.uri = any(cast(:urls as text[])) and files.judged_at is not null
"""
_END_OF_TIME = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class TaskRun:
    """One task instance, as far as it got. Times are UTC."""

    dag_id: str
    task_id: str
    run_id: str
    map_index: int
    try_number: int
    state: str
    started_at: datetime
    ended_at: datetime | None

    @property
    def title(self) -> str:
        part = f" [{self.map_index}]" if self.map_index >= 0 else ""
        return f"{self.dag_id}.{self.task_id}{part}"

    @property
    def seconds(self) -> float | None:
        return (self.ended_at - self.started_at).total_seconds() if self.ended_at else None

    def log(self, settings: Settings) -> Path:
        parts = [f"dag_id={self.dag_id}", f"run_id={self.run_id}", f"task_id={self.task_id}"]
        if self.map_index >= 0:
            parts.append(f"map_index={self.map_index}")
        return settings.logs_dir / "airflow" / Path(*parts) / f"attempt={self.try_number}.log"


@dataclass(frozen=True)
class Ledger:
    """How far the delivery is: files judged, the release, what waits for one."""

    judged: int
    last_change_id: int
    release_id: int | None
    published_change_id: int | None
    incident: str | None

    def is_published(self, file_count: int) -> bool:
        """Whether all files were judged and the published release holds every change of theirs."""
        return (
            self.judged >= file_count
            and self.release_id is not None
            and self.published_change_id == self.last_change_id
        )


def read_ledger(settings: Settings, urls: list[str]) -> Ledger:
    with engine(settings, "loader").connect() as connection:  # which reads names of files
        judged: int = connection.execute(text(_JUDGED), {"urls": urls}).scalar_one()
    with engine(settings, "ops_reader").connect() as connection:
        return Ledger(judged=judged, **connection.execute(text(_LEDGER)).mappings().one())


def read_tasks(airflow: Airflow, since: datetime, until: datetime = _END_OF_TIME) -> list[TaskRun]:
    """Task instances started between the two, in order."""
    statement = _TASKS.format(since=since.isoformat(), until=until.isoformat())
    return [TaskRun(*row) for row in airflow.query(statement)]


def failed_task(airflow: Airflow, since: datetime) -> TaskRun | None:
    """The task that made a run fail, retries included; None while none did."""
    runs = set(airflow.query(_FAILED_RUNS.format(since=since.isoformat())))
    failed: list[Any] = [
        task
        for task in read_tasks(airflow, since)
        if (task.dag_id, task.run_id) in runs and task.state == "failed"
    ]
    return failed[0] if failed else None
