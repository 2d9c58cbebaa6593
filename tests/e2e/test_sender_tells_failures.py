"""What ends tasks for good in the real Airflow, and its scheduler: each is one mail.

A trigger on Airflow's own table takes away the further attempts, which would last for minutes: the
failure that is told is the last one. A time-out is Airflow's own alarm in the task, rung early.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil
import psycopg
import pytest
from sqlalchemy import text
from story import Story

from health_warehouse.database.connections import OWNER, engine
from health_warehouse.services.airflow import Airflow
from health_warehouse.services.bring_up import up
from health_warehouse.settings import Settings
from live_warehouse import Person, say_nothing, task_log, until
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
_TIMED_OUT = "Task watch_inbox.has_new_files failed"
_RUNNING = (
    "select id, pid, dag_id, run_id, task_id from task_instance where pid is not null"
    " and state = 'running' and task_id in ('has_changes', 'has_new_files')"
)


@pytest.fixture(scope="module")
def told(story: Story, mail: MailServer) -> list[str]:
    """The subjects of the mails about all that is done to Airflow here, in order."""
    airflow, before = story.airflow, len(mail.received)

    def subjects() -> list[str]:
        return [subject.partition("] ")[2] for subject in mail.subjects[before:]]

    def wait_for(title: str) -> None:
        until(airflow, lambda: title in subjects(), may_fail=True)

    def end_until_told(end: Callable[[Airflow, int], None], hanging: Hanging, title: str) -> str:
        """End every such task that hangs; one that began before has its retries. Their logs."""
        ended: dict[str, tuple[str, str, str]] = {}

        def is_told() -> bool:
            for key, pid, *place in airflow.query(_RUNNING):
                if place[2] == hanging.task and key not in ended and hanging.is_reached():
                    end(airflow, pid)
                    ended[key] = (place[0], place[1], place[2])
            return title in subjects()

        until(airflow, is_told, may_fail=True)
        return "".join(task_log(airflow, *place) for place in ended.values())

    person = Person.logged_in(airflow)
    with _no_retries(airflow):
        with _error_in_trim_logs(airflow):
            person.trigger("maintain_warehouse", only="trim_logs")
            with _hanging(airflow, "has_changes", "ops.document_changes") as hanging:
                person.trigger("build_release")
                end_until_told(_kill_task, hanging, _KILLED)
                person.trigger("build_release")
                end_until_told(_kill_supervisor, hanging, _LOST)
            with _hanging(airflow, "has_new_files", "ops.files") as hanging:
                log = end_until_told(_ring_its_alarm, hanging, _TIMED_OUT)
                assert "Process timed out" in log
            wait_for(f"Recovered: {_TIMED_OUT}")
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
        _TIMED_OUT,
        f"Recovered: {_TIMED_OUT}",
        "Airflow's scheduler is silent",
        "Recovered: Airflow's scheduler is silent",
    ],
)
def test_each_is_one_mail(told: list[str], title: str) -> None:
    assert told.count(title) == 1


def test_each_is_told_within_five_minutes_of_the_failure(story: Story, told: list[str]) -> None:
    """Most within a pass of ten seconds; that the scheduler is silent is known after a while."""
    query = text(
        "select alerts.fingerprint, extract(epoch from"
        "   min(deliveries.sent_at) - min(alerts.opened_at)) as seconds"
        " from ops.alerts inner join ops.alert_messages as messages using (alert_id)"
        " inner join ops.alert_deliveries as deliveries using (message_id)"
        " where messages.event = 'opened' group by alerts.alert_id"
    )
    with engine(story.settings, OWNER).connect() as connection:
        waited = {row.fingerprint: float(row.seconds) for row in connection.execute(query)}
    assert len(waited) >= 4, told
    assert max(waited.values()) <= 300, waited


def test_nothing_else_is_told(told: list[str]) -> None:
    """But that the task which was killed succeeded again, if it did by now."""
    others = [title for title in told if "has_changes" not in title]
    assert len(others) == 6


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


@dataclass(frozen=True)
class Hanging:
    """A task that waits for a lock held by the session `pid`, and so can be ended in its middle."""

    task: str
    settings: Settings
    pid: int

    def is_reached(self) -> bool:
        query = text(
            "select exists (select from pg_stat_activity where :pid = any (pg_blocking_pids(pid)))"
        )
        with engine(self.settings, OWNER).connect() as connection:
            return bool(connection.execute(query, {"pid": self.pid}).scalar_one())


@contextmanager
def _hanging(airflow: Airflow, task: str, table: str) -> Iterator[Hanging]:
    with engine(airflow.settings, OWNER).begin() as connection:
        connection.execute(text(f"lock table {table} in access exclusive mode"))
        pid = connection.execute(text("select pg_backend_pid()")).scalar_one()
        yield Hanging(task, airflow.settings, pid)


def _kill_task(_airflow: Airflow, pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def _ring_its_alarm(_airflow: Airflow, pid: int) -> None:
    """Airflow set it for the time that the task may take; its handler raises the time-out."""
    os.kill(pid, signal.SIGALRM)


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
