"""A warehouse with the real Airflow, for tests: wait for what it does, ask it, click in it."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

import psutil
from sqlalchemy import text

from health_warehouse import loopback
from health_warehouse.database.connections import dispose_engines, engine
from health_warehouse.services.airflow import Airflow
from health_warehouse.services.bring_up import down, up
from health_warehouse.services.secret_files import ADMIN
from health_warehouse.settings import Settings
from oracle.recount import Recount

_Found = TypeVar("_Found")
_PATIENCE_SECONDS = 600


@contextmanager
def running(settings: Settings) -> Iterator[Airflow]:
    """Bring it up; take it down at the end, and see that no process of it is left."""
    try:
        yield up(settings, say_nothing)
    finally:
        dispose_engines()
        down(settings, say_nothing)
        state = str(settings.state)
        left = [p.cmdline() for p in psutil.process_iter() if state in _known_of(p)]
        assert left == [], "`down` leaves no process behind"


def say_nothing(_message: str) -> None:
    """Progress is not for a test."""


@dataclass(frozen=True)
class Marts:
    """What the HIV programme sees, open and closed, in one transaction."""

    release_id: int
    facility_months: dict[tuple[str, Any], dict[str, Any]]
    encounter_count: int
    line_count: int
    billed_amount_vnd: Decimal


def marts(settings: Settings, after: int = 0) -> Marts | None:
    """None before a release later than `after`."""
    with engine(settings, "ops_reader").connect() as connection:
        release_id = connection.execute(
            text("select release_id from ops.releases where status = 'current'")
        ).scalar_one_or_none()
    if release_id is None or release_id <= after:
        return None
    with engine(settings, "hiv_reader").connect() as connection:  # who sees every row
        months = connection.execute(text("select * from hiv.rpt_facility_months")).mappings()
        encounters = connection.execute(text("select count(*) from hiv.fct_encounters"))
        lines = connection.execute(
            text("select count(*), coalesce(sum(billed_amount_vnd), 0) from hiv.fct_claim_lines")
        ).one()
        return Marts(
            release_id=release_id,
            facility_months={
                (row["facility_id"], row["month_start_date"]): dict(row) for row in months
            },
            encounter_count=encounters.scalar_one(),
            line_count=lines[0],
            billed_amount_vnd=lines[1],
        )


def assert_equal(found: Marts, counted: Recount) -> None:
    """The marts say of each facility and month what the recount of the files says."""
    assert counted.facility_months
    assert set(found.facility_months) == set(counted.facility_months)
    for key, month in counted.facility_months.items():
        expected = month.as_json()
        row = found.facility_months[key]
        assert {name: Decimal(str(row[name])) for name in expected} == {
            name: Decimal(str(value)) for name, value in expected.items()
        }, key
    assert found.encounter_count == counted.encounter_count
    assert found.line_count == counted.line_count
    assert found.billed_amount_vnd == counted.billed_amount_vnd


def until(
    airflow: Airflow, found: Callable[[], _Found | None], *, may_fail: bool = False
) -> _Found:
    """What `found` returns as soon as it is true; a task that fails meanwhile ends the wait."""
    before = failures(airflow)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not (value := found()):
        fresh = [failure for failure in failures(airflow) if failure not in before]
        assert may_fail or not fresh, f"failed: {fresh}\n{_last_errors(airflow)}"
        assert time.monotonic() < deadline, f"nothing after {_PATIENCE_SECONDS} s"
        time.sleep(0.5)
    return value


def failures(airflow: Airflow) -> list[tuple[Any, ...]]:
    return airflow.query(
        "select dag_id, task_id, run_id from task_instance where state = 'failed' order by 1, 2, 3"
    )


def task_log(airflow: Airflow, dag_id: str, run_id: str, task_id: str) -> str:
    """All that the attempts of a task of a run said."""
    folder = airflow.settings.logs_dir / "airflow" / f"dag_id={dag_id}" / f"run_id={run_id}"
    logs = sorted((folder / f"task_id={task_id}").rglob("attempt=*.log"))
    assert logs, f"{task_id} of {run_id} left no log"
    return "\n".join(log.read_text(encoding="utf-8") for log in logs)


@dataclass(frozen=True)
class Person:
    """Somebody who is logged in to the UI: what a click sends to the API."""

    airflow: Airflow
    token: str

    @classmethod
    def logged_in(cls, airflow: Airflow) -> Person:
        login = {"username": ADMIN, "password": airflow.secrets.admin_password}
        status, answer = request(airflow, "POST", "/auth/token", login)
        assert status == http.client.CREATED, answer
        return cls(airflow, answer["access_token"])

    def trigger(self, dag_id: str, **params: Any) -> str:
        """Click *Trigger*; returns the id of the run."""
        status, answer = self.ask("POST", f"/api/v2/dags/{dag_id}/dagRuns", _click(params))
        assert status == http.client.OK, answer
        return str(answer["dag_run_id"])

    def run(self, dag_id: str, **params: Any) -> str:
        """Click *Trigger* and wait until the run has succeeded; returns its id."""
        run_id = self.trigger(dag_id, **params)
        until(self.airflow, lambda: self.state(dag_id, run_id) == "success")
        return run_id

    def state(self, dag_id: str, run_id: str) -> str:
        status, answer = self.ask("GET", f"/api/v2/dags/{dag_id}/dagRuns/{run_id}")
        assert status == http.client.OK, answer
        return str(answer["state"])

    def ask(self, verb: str, path: str, body: Any = None) -> tuple[int, Any]:
        return request(self.airflow, verb, path, body, self.token)


def _click(params: dict[str, Any]) -> dict[str, Any]:
    return {"logical_date": None, "conf": params}


def request(
    airflow: Airflow, verb: str, path: str, body: Any = None, token: str = ""
) -> tuple[int, Any]:
    """Status and JSON of an answer of the API server."""
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    connection = http.client.HTTPConnection(loopback.ADDRESS, airflow.port, timeout=60)
    try:
        connection.request(verb, path, json.dumps(body) if body is not None else None, headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def _last_errors(airflow: Airflow) -> str:
    """Errors of the tasks' logs: what a person would look for first."""
    events = []
    for log in sorted((airflow.settings.logs_dir / "airflow").rglob("attempt=*.log")):
        for line in log.read_text(encoding="utf-8").splitlines():
            record = json.loads(line) if line.startswith("{") else {}
            if record.get("level") == "error":
                events.append(f"{log.parent.name}: {record['event']}")
    return "\n".join(events[-5:])


def _known_of(process: psutil.Process) -> str:
    """Command line and, where it may be read, environment of a process."""
    try:
        return " ".join([*process.cmdline(), *process.environ().values()])
    except psutil.Error:
        return ""
