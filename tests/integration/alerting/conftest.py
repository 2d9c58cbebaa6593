"""A warehouse whose alerts go to servers on loopback, and Airflow's own tables beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from airflow_metadata import Metadata, make_template, new_metadata
from health_warehouse.alerting.sender import Airflow, Sender
from health_warehouse.settings import Settings
from mail_server import MailServer
from warehouses import Cluster

NewSender = Callable[..., Sender]


@pytest.fixture(scope="session")
def _metadata_template(cluster: Cluster) -> None:
    make_template(cluster)


@pytest.fixture
def metadata(cluster: Cluster, _metadata_template: None) -> Iterator[Metadata]:
    with new_metadata(cluster) as made:
        yield made


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer().running() as server:
        yield server


@pytest.fixture
def mailing(settings: Settings, mail: MailServer) -> Settings:
    """Settings by which alerts go to `mail`, and recoveries are told at once."""
    return settings.model_copy(update={**mail.settings, "alert_quiet_seconds": 0})


@pytest.fixture
def dags(tmp_path: Path) -> Path:
    """A folder of DAGs, empty."""
    folder = tmp_path / "dags"
    folder.mkdir()
    return folder


@pytest.fixture
def new_sender(metadata: Metadata, dags: Path) -> NewSender:
    """A sender with some settings: `new_sender(settings)`."""

    def make(settings: Settings) -> Sender:
        return Sender(settings, lambda: Airflow(metadata.url, "http://127.0.0.1:8080"), dags)

    return make
