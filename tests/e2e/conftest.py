"""One start of Airflow, and one story, for all of these tests: they cost most."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from story import Story, deliver_a_province, live_through

from health_warehouse.services.airflow import Airflow
from health_warehouse.settings import Settings
from live_warehouse import running
from mail_server import MailServer


@pytest.fixture(scope="session")
def mail() -> Iterator[MailServer]:
    """Where the alerts of the warehouse go."""
    with MailServer().running() as server:
        yield server


@pytest.fixture(scope="session")
def warehouse(mail: MailServer) -> Iterator[Airflow]:
    """A warehouse under a parent that nobody else may enter, as a clone in a home folder is."""
    with tempfile.TemporaryDirectory(prefix="warehouse-e2e-") as folder:
        settings = Settings(
            state=Path(folder) / "state",
            inbox_quiet_seconds=0,
            **mail.settings,
            alert_quiet_seconds=0,
            alert_silence_seconds=30,
        )
        deliver_a_province(settings.state / "inbox", Path(folder) / "outbox")
        with pytest.MonkeyPatch.context() as shell:
            shell.setenv("PASSWORD_OF_THE_SHELL", "hush")  # no service needs it
            with running(settings) as airflow:
                yield airflow


@pytest.fixture(scope="session")
def story(warehouse: Airflow) -> Story:
    return live_through(warehouse)
