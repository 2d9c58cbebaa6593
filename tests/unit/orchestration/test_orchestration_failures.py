from __future__ import annotations

import logging

import psycopg
import pytest
import sqlalchemy.exc
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

from health_warehouse.errors import BuildFailed, PublishConflict, ReleaseHeld, SourceUnavailable
from health_warehouse.orchestration.failures import told_plainly

NAME = "Nguyễn Thị Canary 079300001234"


def _run(error: Exception) -> BaseException:
    @told_plainly
    def task() -> None:
        try:
            raise ValueError(NAME)  # a cause that holds a value
        except ValueError as cause:
            raise error from cause

    with pytest.raises(AirflowException) as caught:
        task()
    return caught.value


@pytest.mark.parametrize("error", [ReleaseHeld("M03 failed"), BuildFailed("dbt stopped")])
def test_what_a_person_must_mend_is_not_retried(error: Exception) -> None:
    told = _run(error)
    assert isinstance(told, AirflowFailException)
    assert str(error) in str(told)


@pytest.mark.parametrize(
    "error",
    [
        SourceUnavailable("the inbox is away"),
        PublishConflict("release 4 came first"),
        ConnectionResetError("peer"),
        psycopg.OperationalError("server closed the connection"),
        sqlalchemy.exc.OperationalError("select 1", {}, psycopg.OperationalError("gone")),
        psycopg.errors.DeadlockDetected("deadlock"),
    ],
)
def test_what_passes_by_itself_is_retried(error: Exception) -> None:
    assert not isinstance(_run(error), AirflowFailException)


@pytest.mark.parametrize(
    "error",
    [
        ValueError(NAME),
        KeyError(NAME),
        psycopg.errors.UniqueViolation(f"duplicate key: ({NAME})"),
        sqlalchemy.exc.IntegrityError("insert", {"p": NAME}, psycopg.errors.CheckViolation(NAME)),
        sqlalchemy.exc.OperationalError("x", {"p": NAME}, psycopg.errors.DeadlockDetected(NAME)),
    ],
)
def test_no_value_of_a_row_reaches_the_log(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        told = _run(error)
    assert NAME not in str(told)
    assert NAME not in caplog.text
    assert told.__cause__ is None
    assert told.__context__ is None
    assert "test_orchestration_failures.py" in caplog.text  # where it happened is told


def test_a_database_error_is_told_by_its_state() -> None:
    told = _run(sqlalchemy.exc.IntegrityError("x", {}, psycopg.errors.UniqueViolation(NAME)))
    assert "UniqueViolation (SQLSTATE 23505)" in str(told)


def test_a_skip_of_the_task_itself_passes() -> None:
    @told_plainly
    def task() -> None:
        raise AirflowSkipException("nothing to do")

    with pytest.raises(AirflowSkipException, match="nothing to do"):
        task()
