"""Airflow's own tables, made by Airflow, with rows as its scheduler and workers leave them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
from sqlalchemy import URL, make_url

from warehouses import Cluster

_TEMPLATE = "template_airflow"
# What `airflow db migrate` does in an empty database, without the roles and connections after it.
_MAKE_TABLES = """
import sys
from airflow.models import import_all_models
from airflow.models.base import Base
from sqlalchemy import create_engine
import_all_models()
Base.metadata.create_all(create_engine(sys.argv[1]))
"""


@dataclass(frozen=True)
class Metadata:
    """A database of Airflow; `start` is the instant from which moments are counted."""

    url: URL
    start: datetime

    def run(self, dag_id: str, number: int, state: str = "success", minute: float = 0) -> str:
        """A run that ended in `state`, `minute` minutes after the start; returns its id."""
        run_id = f"scheduled__{number:04}"
        moment = self.start + timedelta(minutes=minute)
        self.execute(
            "insert into dag_run (dag_id, run_id, state, run_type, run_after, start_date, end_date,"
            " span_status) values (%s, %s, %s, 'scheduled', %s, %s, %s, 'not_started')",
            [dag_id, run_id, state, moment, moment, moment],
        )
        return run_id

    def task(
        self,
        run: tuple[str, str],
        task_id: str,
        state: str | None,
        minute: float = 0,
        map_index: int = -1,
    ) -> None:
        """An instance of a task in a run (DAG, run id), which ended at `minute` after 30 s."""
        end = self.start + timedelta(minutes=minute)
        self.execute(
            "insert into task_instance (id, dag_id, run_id, task_id, map_index, state, start_date,"
            " end_date, pool, pool_slots, priority_weight, queue, operator, try_number, max_tries,"
            " span_status)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s, 'default_pool', 1, 1, 'default', '@task',"
            " 4, 3, 'not_started')",
            [uuid4(), *run, task_id, map_index, state, end - timedelta(seconds=30), end],
        )

    def failed(self, dag_id: str, task_id: str, number: int, minute: float) -> str:
        """A run in which a task failed for good."""
        run_id = self.run(dag_id, number, "failed", minute)
        self.task((dag_id, run_id), task_id, "failed", minute)
        return run_id

    def succeeded(self, dag_id: str, task_id: str, number: int, minute: float) -> str:
        run_id = self.run(dag_id, number, "success", minute)
        self.task((dag_id, run_id), task_id, "success", minute)
        return run_id

    def beat(self, moment: datetime) -> None:
        """The scheduler's heartbeat."""
        self.execute("delete from job")
        self.execute(
            "insert into job (job_type, state, latest_heartbeat)"
            " values ('SchedulerJob', 'running', %s)",
            [moment],
        )

    def execute(self, statement: str, values: Any = ()) -> None:
        with psycopg.connect(_plain(self.url), autocommit=True) as connection:
            connection.execute(statement.encode(), values)


def make_template(cluster: Cluster) -> None:
    """Let Airflow make its tables, as it does in an empty database: once, for it takes seconds."""
    _create(cluster, f"create database {_TEMPLATE}")
    url = make_url(cluster.server.url(_TEMPLATE)).set(drivername="postgresql+psycopg2")
    done = subprocess.run(
        [sys.executable, "-c", _MAKE_TABLES, url.render_as_string(hide_password=False)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]


@contextmanager
def new_metadata(cluster: Cluster) -> Iterator[Metadata]:
    """Airflow's tables, empty, with a scheduler that lives."""
    name = f"a_{uuid4().hex[:12]}"
    _create(cluster, f"create database {name} template {_TEMPLATE} strategy file_copy")
    try:
        now = datetime.now(UTC)
        metadata = Metadata(make_url(cluster.server.url(name)), now)
        metadata.beat(now + timedelta(hours=1))
        yield metadata
    finally:
        cluster.drop_database(name)


def _create(cluster: Cluster, statement: str) -> None:
    with psycopg.connect(cluster.server.url(), autocommit=True) as connection:
        connection.execute(statement.encode())


def _plain(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
