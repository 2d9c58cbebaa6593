"""Airflow's final states, in tables that Airflow made: what is one alert, and when it is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url, text

from airflow_metadata import Metadata
from alert_steps import hold_release, raise_one
from health_warehouse.alerting.listing import entries
from health_warehouse.alerting.metadata import metadata_connection
from health_warehouse.alerting.scheduler_states import NOTHING_ENDS_AFTER
from health_warehouse.alerting.sender import Airflow, Sender
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.settings import Settings
from mail_server import MailServer, parts

NewSender = Callable[[Settings], Sender]
DAG, TASK = "ingest_claims", "load_batch"


def _titles(settings: Settings, with_resolved: bool = False) -> list[str]:
    return [one["title"] for one in entries(settings, with_resolved)]


def test_a_task_that_failed_for_good_is_one_mail_with_a_link_to_it(
    mailing: Settings, metadata: Metadata, mail: MailServer, new_sender: NewSender
) -> None:
    run_id = metadata.failed(DAG, TASK, 1, minute=1)
    sender = new_sender(mailing)
    assert [sender.pass_once() for _ in range(3)] == [1, 0, 0]
    assert mail.subjects == ["[Health data warehouse] Task ingest_claims.load_batch failed"]
    link = f"http://127.0.0.1:8080/dags/{DAG}/runs/{run_id}/tasks/{TASK}"
    assert all(link in part for part in parts(mail.received[0]))


@pytest.mark.parametrize(
    "state", ["up_for_retry", "running", "queued", "upstream_failed", "skipped", None]
)
def test_what_is_not_final_or_a_consequence_is_not_told(
    mailing: Settings, metadata: Metadata, new_sender: NewSender, state: str | None
) -> None:
    run_id = metadata.run(DAG, 1, "running", minute=1)
    metadata.task((DAG, run_id), TASK, state, minute=1)
    assert new_sender(mailing).pass_once() == 0
    assert entries(mailing) == []


def test_a_thousand_failures_are_one_mail_and_the_next_success_one_with_their_count(
    mailing: Settings, metadata: Metadata, mail: MailServer, new_sender: NewSender
) -> None:
    sender = new_sender(mailing)
    for number in range(2):
        metadata.failed(DAG, TASK, number, minute=number)
        sender.pass_once()
    metadata.execute(
        "insert into dag_run (dag_id, run_id, state, run_type, run_after, end_date, span_status)"
        " select %s, 'more__' || n, 'failed', 'scheduled', moment, moment, 'not_started'"
        " from generate_series(3, 1000) as n,"
        " lateral (select %s + n * interval '3.5 seconds' as moment) as m",
        [DAG, metadata.start],
    )
    metadata.execute(
        "insert into task_instance (id, dag_id, run_id, task_id, map_index, state, start_date,"
        " end_date, pool, pool_slots, priority_weight, queue, operator, try_number, max_tries,"
        " span_status)"
        " select gen_random_uuid(), dag_id, run_id, %s, -1, 'failed', end_date, end_date,"
        " 'default_pool', 1, 1, 'default', '@task', 4, 3, 'not_started'"
        " from dag_run where run_id like 'more__%%'",
        [TASK],
    )
    sender.pass_once()
    assert len(mail.received) == 1
    assert entries(mailing)[0]["occurrence_count"] == 1000

    metadata.succeeded(DAG, TASK, 2000, minute=61)
    sender.pass_once()
    sender.pass_once()
    assert len(mail.received) == 2
    assert "Count / Số lần: 1000" in parts(mail.received[1])[0]


def test_a_batch_that_fails_beside_others_is_not_over_because_they_succeed(
    mailing: Settings, metadata: Metadata, new_sender: NewSender
) -> None:
    run = (DAG, metadata.run(DAG, 1, "failed", minute=1))
    metadata.task(run, TASK, "failed", minute=1, map_index=0)
    metadata.task(run, TASK, "success", minute=2, map_index=1)
    sender = new_sender(mailing)
    sender.pass_once()
    sender.pass_once()
    assert _titles(mailing) == ["Task ingest_claims.load_batch failed"]


def test_a_task_that_is_cleared_is_over_when_it_succeeds_and_not_before(
    mailing: Settings, metadata: Metadata, new_sender: NewSender
) -> None:
    run_id = metadata.failed(DAG, TASK, 1, minute=1)
    sender = new_sender(mailing)
    sender.pass_once()
    metadata.execute(
        "update task_instance set state = 'running', end_date = null, updated_at = %s",
        [metadata.start + timedelta(minutes=8)],
    )
    sender.pass_once()
    assert len(entries(mailing)) == 1
    metadata.execute(
        "update task_instance set state = 'success', end_date = %s where run_id = %s",
        [metadata.start + timedelta(minutes=9), run_id],
    )
    sender.pass_once()
    assert entries(mailing) == []


def test_a_task_that_fails_after_it_recovered_is_a_new_alert(
    mailing: Settings, metadata: Metadata, mail: MailServer, new_sender: NewSender
) -> None:
    sender = new_sender(mailing)
    metadata.failed(DAG, TASK, 1, minute=1)
    sender.pass_once()
    metadata.succeeded(DAG, TASK, 2, minute=2)
    sender.pass_once()
    metadata.failed(DAG, TASK, 3, minute=3)
    sender.pass_once()
    subjects = [subject.partition("] ")[2].partition(":")[0] for subject in mail.subjects]
    assert subjects == [
        "Task ingest_claims.load_batch failed",
        "Recovered",
        "Task ingest_claims.load_batch failed",
    ]
    assert [one["occurrence_count"] for one in entries(mailing, with_resolved=True)] == [1, 1]


def test_a_killed_supervisor_is_told_as_what_it_is(
    mailing: Settings, metadata: Metadata, mail: MailServer, new_sender: NewSender
) -> None:
    run_id = metadata.failed(DAG, TASK, 1, minute=1)
    metadata.execute(
        "insert into log (dttm, dag_id, task_id, run_id, map_index, event)"
        " values (%s, %s, %s, %s, -1, 'heartbeat timeout')",
        [metadata.start + timedelta(minutes=1, seconds=1), DAG, TASK, run_id],
    )
    new_sender(mailing).pass_once()
    assert mail.subjects == [
        "[Health data warehouse] Task ingest_claims.load_batch was lost (its process was killed)"
    ]


def test_a_held_release_and_its_red_task_are_one_message(
    mailing: Settings, metadata: Metadata, mail: MailServer, new_sender: NewSender
) -> None:
    hold_release(mailing, "M01")
    run = ("build_release", metadata.run("build_release", 1, "failed", minute=0.1))
    metadata.task(run, "audit_candidate", "failed", minute=0.1)
    metadata.task(run, "publish_release", "upstream_failed", minute=0.1)
    sender = new_sender(mailing)
    sender.pass_once()
    sender.pass_once()
    assert mail.subjects == ["[Health data warehouse] Release held by M01"]


@pytest.mark.parametrize(
    ("dag_id", "task_id"),
    [("ingest_claims", "load_batch"), ("reingest_claims", "load_files_again")],
)
def test_a_rule_in_error_and_the_red_task_that_met_it_are_one_message(
    mailing: Settings,
    metadata: Metadata,
    mail: MailServer,
    new_sender: NewSender,
    dag_id: str,
    task_id: str,
) -> None:
    raise_one(mailing, "landing:error:K02", "landing", "K02")
    run = (dag_id, metadata.run(dag_id, 1, "failed", minute=0.1))
    metadata.task(run, task_id, "failed", minute=0.1)
    new_sender(mailing).pass_once()
    assert len(mail.received) == 1
    assert task_id not in mail.subjects[0]


def test_the_same_task_red_for_another_cause_is_told(
    mailing: Settings, metadata: Metadata, mail: MailServer, new_sender: NewSender
) -> None:
    hold_release(mailing, "M01")
    metadata.failed("build_release", "audit_candidate", 1, minute=20)  # nothing was held then
    new_sender(mailing).pass_once()
    assert len(mail.received) == 2


def test_a_run_that_failed_without_a_failed_task_is_told(
    mailing: Settings, metadata: Metadata, new_sender: NewSender
) -> None:
    run_id = metadata.run("build_release", 1, "failed", minute=1)
    metadata.task(("build_release", run_id), "build_marts", "skipped", minute=1)
    sender = new_sender(mailing)
    sender.pass_once()
    assert _titles(mailing) == ["Run of build_release failed"]
    metadata.run("build_release", 2, "success", minute=5)
    sender.pass_once()
    assert _titles(mailing) == []


def test_what_failed_before_the_outbox_was_made_is_not_told(
    mailing: Settings, metadata: Metadata, new_sender: NewSender
) -> None:
    metadata.failed(DAG, TASK, 1, minute=-60)
    assert new_sender(mailing).pass_once() == 0


def test_a_silent_scheduler_is_one_mail_and_its_return_one(
    mailing: Settings, metadata: Metadata, mail: MailServer, new_sender: NewSender
) -> None:
    sender = new_sender(mailing)
    sender.watching_since -= timedelta(hours=1)
    metadata.beat(datetime.now(UTC) - timedelta(seconds=mailing.alert_silence_seconds - 20))
    assert sender.pass_once() == 0
    metadata.beat(datetime.now(UTC) - timedelta(seconds=mailing.alert_silence_seconds + 20))
    assert [sender.pass_once() for _ in range(3)] == [1, 0, 0]
    metadata.beat(datetime.now(UTC))
    assert sender.pass_once() == 1
    assert [subject.partition("] ")[2] for subject in mail.subjects] == [
        "Airflow's scheduler is silent",
        "Recovered: Airflow's scheduler is silent",
    ]


def test_a_silence_of_before_the_start_is_not_told(
    mailing: Settings, metadata: Metadata, new_sender: NewSender
) -> None:
    metadata.beat(datetime.now(UTC) - timedelta(days=1))
    assert new_sender(mailing).pass_once() == 0


def test_that_no_run_ends_is_told_although_the_scheduler_lives(
    mailing: Settings, metadata: Metadata, new_sender: NewSender
) -> None:
    sender = new_sender(mailing)
    sender.watching_since -= timedelta(hours=9)
    minutes = NOTHING_ENDS_AFTER.total_seconds() / 60
    metadata.execute(
        "insert into dag_bundle (name, active) values ('dags', true);"
        "insert into dag (dag_id, bundle_name, is_paused, is_stale, max_active_tasks,"
        " max_consecutive_failed_dag_runs, timetable_type, partition_mapper_info,"
        " has_task_concurrency_limits, has_import_errors)"
        " values ('ingest_claims', 'dags', false, false, 3, 0, '', '{}', false, false)"
    )
    metadata.run(DAG, 1, minute=-minutes - 2)
    sender.pass_once()
    assert _titles(mailing) == ["No run of Airflow ends"]
    metadata.run(DAG, 2, minute=0)
    sender.pass_once()
    assert _titles(mailing) == []


def test_metadata_that_cannot_be_read_is_told_and_resolves_nothing(
    mailing: Settings, metadata: Metadata, mail: MailServer
) -> None:
    airflow: list[Any] = [Airflow(metadata.url, "http://127.0.0.1:8080")]
    sender = Sender(mailing.model_copy(update={"alert_silence_seconds": 0}), lambda: airflow[0])
    metadata.failed(DAG, TASK, 1, minute=1)
    metadata.beat(datetime.now(UTC) + timedelta(hours=1))
    sender.pass_once()
    airflow[0] = Airflow(make_url("postgresql://nobody@127.0.0.1:9/none"), "")
    sender.pass_once()
    sender.pass_once()
    assert set(_titles(mailing)) == {
        "Airflow's database cannot be read",
        "Task ingest_claims.load_batch failed",
    }
    airflow[0] = Airflow(metadata.url, "")
    sender.pass_once()
    assert _titles(mailing) == ["Task ingest_claims.load_batch failed"]
    assert len(mail.received) == 3


def test_states_of_airflow_are_older_than_the_incidents_read_after_them(
    metadata: Metadata,
) -> None:
    """Or a red task could be seen whose incident was not there yet when incidents were read."""
    count = b"select count(*) from task_instance"
    with metadata_connection(metadata.url) as connection:
        metadata.failed(DAG, TASK, 1, minute=1)
        assert connection.execute(count).fetchall()[0][0] == 0
    with metadata_connection(metadata.url) as connection:
        assert connection.execute(count).fetchall()[0][0] == 1


def test_airflows_tables_cannot_be_written(metadata: Metadata) -> None:
    with (
        metadata_connection(metadata.url) as connection,
        pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
    ):
        connection.execute("delete from job")


def test_clocks_count_from_the_installation(settings: Settings) -> None:
    with engine(settings, OWNER).connect() as connection:
        installed_at = connection.execute(text("select installed_at from ops.alert_heartbeat"))
        assert installed_at.scalar_one() <= datetime.now(UTC)
