"""What ends tasks for good in the real Airflow, and its scheduler: each is one mail.

A trigger on Airflow's own table takes away the further attempts, which would last for minutes: the
failure that is told is the last one. Time-outs end as errors do: Airflow raises one in the task.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import psycopg
import pytest
from sqlalchemy import text
from story import Story

from health_warehouse.database.connections import OWNER, engine
from health_warehouse.services.airflow import Airflow
from health_warehouse.services.bring_up import up
from live_warehouse import Person, say_nothing, until
from mail_server import MailServer

pytestmark = pytest.mark.timeout(1200)

_NO_RETRIES = """
create function take_away_retries() returns trigger language plpgsql as
    'begin new.max_tries := 0; return new; end';
create trigger no_retries before insert on task_instance
    for each row execute function take_away_retries();
"""
_RETRIES = "drop function take_away_retries() cascade"
_BUILDING = (
    "select run_id from dag_run where dag_id = 'build_release' and state in ('queued', 'running')"
)
_RUNNING = (
    "select id, pid from task_instance where dag_id = 'build_release'"
    " and task_id = 'has_changes' and state = 'running' and pid is not null"
)


@pytest.fixture(scope="module")
def told(story: Story, mail: MailServer) -> list[str]:
    """The subjects of the mails about all that is done to Airflow here, in order."""
    airflow, before = story.airflow, len(mail.received)

    def subjects() -> list[str]:
        return [subject.partition("] ")[2] for subject in mail.subjects[before:]]

    def wait_for(title: str) -> None:
        until(airflow, lambda: title in subjects(), may_fail=True)

    person = Person.logged_in(airflow)
    until(airflow, lambda: not airflow.query(_BUILDING))  # a task that has begun has its retries
    with _no_retries(airflow):
        with _error_in_trim_logs(airflow):
            person.trigger("maintain_logs")
            with _hanging_has_changes(airflow):
                person.trigger("build_release")
                killed, pid = _victim(airflow, "")
                os.kill(pid, signal.SIGKILL)
                wait_for("Task build_release.has_changes failed")

                person.trigger("build_release")
                _, pid = _victim(airflow, killed)
                _kill_supervisor(airflow, pid)
                wait_for(
                    "Task build_release.has_changes failed and was lost (its process was killed)"
                    " (now also lost)"
                )
            wait_for("Task maintain_logs.trim_logs failed")
        person.trigger("maintain_logs")
        wait_for("Recovered: Task maintain_logs.trim_logs failed")

    [scheduler] = [daemon for daemon in airflow.daemons() if daemon.name == "scheduler"]
    os.kill(scheduler.pid() or 0, signal.SIGKILL)
    wait_for("Airflow's scheduler is silent")
    up(story.settings, say_nothing)
    wait_for("Recovered: Airflow's scheduler is silent")
    return subjects()


@pytest.mark.parametrize(
    "title",
    [
        "Task maintain_logs.trim_logs failed",
        "Recovered: Task maintain_logs.trim_logs failed",
        "Task build_release.has_changes failed",
        "Task build_release.has_changes failed and was lost (its process was killed)"
        " (now also lost)",
        "Airflow's scheduler is silent",
        "Recovered: Airflow's scheduler is silent",
    ],
)
def test_each_is_one_mail(told: list[str], title: str) -> None:
    assert told.count(title) == 1


def test_nothing_else_is_told(told: list[str]) -> None:
    """But that the task which was killed succeeded again, if it did by now."""
    others = [title for title in told if "has_changes" not in title]
    assert len(others) == 4


@contextmanager
def _no_retries(airflow: Airflow) -> Iterator[None]:
    _write(airflow, _NO_RETRIES)
    try:
        yield
    finally:
        _write(airflow, _RETRIES)


@contextmanager
def _error_in_trim_logs(airflow: Airflow) -> Iterator[None]:
    """A log that cannot be measured: the task raises an error."""
    broken = airflow.settings.logs_dir / "broken.log"
    broken.symlink_to(airflow.settings.logs_dir / "nowhere")
    try:
        yield
    finally:
        broken.unlink()


@contextmanager
def _hanging_has_changes(airflow: Airflow) -> Iterator[None]:
    """The task waits for a lock, so that it can be killed in its middle."""
    with engine(airflow.settings, OWNER).begin() as connection:
        connection.execute(text("lock table ops.dossier_changes in access exclusive mode"))
        yield


def _victim(airflow: Airflow, passed_over: str) -> tuple[str, int]:
    """Id and process of a task that hangs, another one than that passed over."""

    def hanging() -> list[tuple[str, int]]:
        return [
            (str(row[0]), row[1]) for row in airflow.query(_RUNNING) if str(row[0]) != passed_over
        ]

    return until(airflow, hanging, may_fail=True)[0]


def _kill_supervisor(airflow: Airflow, pid: int) -> None:
    """Kill what watches over the task, then the task, which it leaves running.

    Airflow notices by a heartbeat that is a minute old; we make it so.
    """
    task = psutil.Process(pid)
    supervisor = task.parent()
    assert supervisor is not None
    supervisor.kill()
    task.kill()
    _write(
        airflow,
        "update task_instance set last_heartbeat_at = now() - interval '10 minutes'"
        " where state = 'running' and task_id = 'has_changes'",
    )


def _write(airflow: Airflow, statements: str) -> None:
    address = airflow.metadata.set(drivername="postgresql")
    with psycopg.connect(address.render_as_string(hide_password=False)) as connection:
        connection.execute(statements.encode())
