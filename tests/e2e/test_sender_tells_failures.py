"""What ends tasks for good in the real Airflow, and its scheduler: each is one mail.

A trigger on Airflow's own table takes away the further attempts, which would last for minutes: the
failure that is told is the last one. Time-outs end as errors do: Airflow raises one in the task.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
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
update task_instance set max_tries = 0 where state is null or state in ('scheduled', 'queued');
"""
_RETRIES = "drop function take_away_retries() cascade"
_KILLED = "Task build_release.has_changes failed"
_LOST = f"{_KILLED} and was lost (its process was killed) (now also lost)"
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

    def kill_until_told(kill: Callable[[Airflow, int], None], title: str) -> None:
        """Kill every task that hangs; one that began before has its retries."""
        killed = set()

        def is_told() -> bool:
            for task_id, pid in airflow.query(_RUNNING):
                if task_id not in killed:
                    kill(airflow, pid)
                    killed.add(task_id)
            return title in subjects()

        until(airflow, is_told, may_fail=True)

    person = Person.logged_in(airflow)
    with _no_retries(airflow):
        with _error_in_trim_logs(airflow):
            person.trigger("maintain_warehouse", only="trim_logs")
            with _hanging_has_changes(airflow):
                person.trigger("build_release")
                kill_until_told(_kill_task, _KILLED)
                person.trigger("build_release")
                kill_until_told(_kill_supervisor, _LOST)
            wait_for("Task maintain_warehouse.trim_logs failed")
        person.trigger("maintain_warehouse", only="trim_logs")
        wait_for("Recovered: Task maintain_warehouse.trim_logs failed")

    [scheduler] = [daemon for daemon in airflow.daemons() if daemon.name == "scheduler"]
    os.kill(scheduler.pid() or 0, signal.SIGKILL)
    wait_for("Airflow's scheduler is silent")
    up(story.settings, say_nothing)
    wait_for("Recovered: Airflow's scheduler is silent")
    return subjects()


@pytest.mark.parametrize(
    "title",
    [
        "Task maintain_warehouse.trim_logs failed",
        "Recovered: Task maintain_warehouse.trim_logs failed",
        _KILLED,
        _LOST,
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


def _kill_task(_airflow: Airflow, pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


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
