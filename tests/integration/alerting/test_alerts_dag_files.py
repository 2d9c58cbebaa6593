"""A file of DAGs that Airflow does not read is told: with an error, too slow, or never read."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from airflow_metadata import Metadata
from health_warehouse.alerting.dag_states import UNREAD_AFTER
from health_warehouse.alerting.sender import Sender
from health_warehouse.settings import Settings
from mail_server import MailServer, parts

NewSender = Callable[[Settings], Sender]
LONG_AGO = datetime.now(UTC) - timedelta(days=1)
DAG = "from airflow.sdk import dag\n"


@pytest.fixture
def sender(mailing: Settings, new_sender: NewSender) -> Sender:
    """It has watched for a day."""
    made = new_sender(mailing)
    made.watching_since = LONG_AGO
    return made


def _write(dags: Path, name: str, content: str = DAG) -> None:
    path = dags / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(content)
    os.utime(path, (LONG_AGO.timestamp(), LONG_AGO.timestamp()))


def _read(metadata: Metadata, name: str, read_at: datetime, *, is_stale: bool = False) -> None:
    metadata.execute(
        "insert into dag_bundle (name, active) values ('dags', true) on conflict do nothing"
    )
    metadata.execute(
        "insert into dag (dag_id, bundle_name, relative_fileloc, last_parsed_time, is_stale,"
        " is_paused, max_active_tasks, max_consecutive_failed_dag_runs, timetable_type,"
        " partition_mapper_info, has_task_concurrency_limits, has_import_errors)"
        " values (%s, 'dags', %s, %s, %s, true, 1, 0, '', '{}', false, false)",
        [Path(name).stem, name, read_at, is_stale],
    )


def _error(metadata: Metadata, name: str, told_at: datetime) -> None:
    metadata.execute(
        "insert into import_error (filename, bundle_name, timestamp, stacktrace)"
        " values (%s, 'dags', %s, %s)",
        [name, told_at, "Traceback\n  line\nImportError: no module named nguyen"],
    )


def test_a_file_with_an_error_is_told_by_its_name(
    sender: Sender, dags: Path, metadata: Metadata, mail: MailServer
) -> None:
    _write(dags, "a.py")
    _error(metadata, "a.py", datetime.now(UTC))
    sender.pass_once()
    assert mail.subjects == ["[Health data warehouse] Airflow does not read a.py"]
    assert "nguyen" not in parts(mail.received[0])[0]
    metadata.execute("delete from import_error")
    _read(metadata, "a.py", datetime.now(UTC))
    sender.pass_once()
    assert mail.subjects[1:] == ["[Health data warehouse] Recovered: Airflow does not read a.py"]


def test_an_error_of_before_the_file_was_written_is_not_told(
    sender: Sender, dags: Path, metadata: Metadata, mail: MailServer
) -> None:
    _write(dags, "a.py")
    _error(metadata, "a.py", LONG_AGO - timedelta(minutes=1))
    _read(metadata, "a.py", datetime.now(UTC))
    sender.pass_once()
    assert mail.subjects == []


@pytest.mark.parametrize("is_stale", [False, True])
@pytest.mark.parametrize(("late", "is_told"), [(-10, False), (10, True)])
def test_a_file_that_is_not_read_for_long_is_told(
    sender: Sender,
    dags: Path,
    metadata: Metadata,
    mail: MailServer,
    is_stale: bool,
    late: int,
    is_told: bool,
) -> None:
    _write(dags, "folder/slow.py")
    read_at = datetime.now(UTC) - UNREAD_AFTER - timedelta(seconds=late)
    _read(metadata, "folder/slow.py", read_at, is_stale=is_stale)
    sender.pass_once()
    told = ["[Health data warehouse] Airflow does not read folder/slow.py"]
    assert mail.subjects == (told if is_told else [])


def test_a_new_file_never_read_is_told(sender: Sender, dags: Path, mail: MailServer) -> None:
    _write(dags, "new.py")
    _write(dags, "helper.py", "x = 1\n")
    sender.pass_once()
    assert mail.subjects == ["[Health data warehouse] Airflow does not read new.py"]


def test_a_file_that_was_taken_away_is_not_told(
    sender: Sender, metadata: Metadata, mail: MailServer
) -> None:
    _read(metadata, "gone.py", LONG_AGO, is_stale=True)
    sender.pass_once()
    assert mail.subjects == []


def test_when_nothing_reads_files_it_is_one_message(
    sender: Sender, dags: Path, metadata: Metadata, mail: MailServer
) -> None:
    for name in ("a.py", "b.py", "c.py"):
        _write(dags, name)
        _read(metadata, name, LONG_AGO)
    sender.pass_once()
    assert mail.subjects == ["[Health data warehouse] Airflow does not read a.py, b.py, c.py"]


def test_a_sender_that_was_started_just_now_waits(
    mailing: Settings, new_sender: NewSender, dags: Path, metadata: Metadata, mail: MailServer
) -> None:
    _write(dags, "a.py")
    _read(metadata, "a.py", LONG_AGO)
    new_sender(mailing).pass_once()
    assert mail.subjects == []
