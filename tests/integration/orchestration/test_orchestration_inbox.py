"""The tasks of `ingest_claims` with an inbox on an SFTP server, by an Airflow connection."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from claim_files import claim_file, dossier, write
from health_warehouse.errors import ConfigurationError
from health_warehouse.landing.batches import Batch, listed_again
from health_warehouse.orchestration import feed_tasks
from health_warehouse.orchestration.inbox_connection import with_inbox_connection
from health_warehouse.settings import Settings
from sftp_server import PASSWORD, USER, serving


def test_an_airflow_connection_opens_the_inbox_for_every_task(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "served", "tháng 8.xml", claim_file([dossier()]))
    with serving(tmp_path / "served") as server:
        connection = {
            "conn_type": "sftp",
            "login": USER,
            "password": PASSWORD,
            "extra": {"host_key": server.public_key()},
        }
        monkeypatch.setenv("AIRFLOW_CONN_CLAIMS_INBOX", json.dumps(connection))
        there = {"inbox": server.url, "inbox_conn_id": "claims_inbox"}
        remote = settings.model_copy(update=there)
        monkeypatch.setattr("health_warehouse.settings.get_settings", lambda: remote)
        (batch,) = feed_tasks.list_new_files.function("claims")
        assert PASSWORD not in json.dumps(batch)
        (found,), unreadable = listed_again(with_inbox_connection(remote), Batch(**batch))
        assert unreadable == []
        assert found.uri == f"sftp://127.0.0.1:{server.port}/tháng 8.xml"
        with pytest.raises(ConfigurationError, match="which only Airflow's tasks read"):
            listed_again(remote, Batch(**batch))


def test_a_connection_that_is_not_there_is_named(settings: Settings) -> None:
    with pytest.raises(ConfigurationError, match="no connection no_such_inbox"):
        with_inbox_connection(settings.model_copy(update={"inbox_conn_id": "no_such_inbox"}))
