"""Secrets of tasks out of Airflow's own backend for files: another backend is asked alike."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from airflow.sdk.configuration import clear_secrets_backends_cache
from airflow.sdk.exceptions import AirflowFailException
from sqlalchemy import make_url

from health_warehouse.database.connections import owner_url
from health_warehouse.errors import ConfigurationError
from health_warehouse.orchestration import release_tasks, upkeep_tasks
from health_warehouse.orchestration.task_settings import task_settings
from health_warehouse.privacy.person_key import find_person_key
from health_warehouse.services.bring_up import up
from health_warehouse.settings import Settings

_KEY = "ab" * 32


@pytest.fixture
def without_secrets(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Settings]:
    """What a worker knows: names. The secrets are in files of Airflow's LocalFilesystemBackend."""
    assert settings.dsn is not None
    there = make_url(settings.dsn.get_secret_value())
    connection = {
        "conn_type": "postgres",
        "login": there.username,
        "password": there.password,
        "host": there.host,
        "port": there.port,
        "schema": there.database,
    }
    files = {"connections": {"warehouse_db": connection}, "variables": {"person_key": _KEY}}
    arguments = {}
    for name, content in files.items():
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(content))
        arguments[f"{name}_file_path"] = str(path)
    monkeypatch.setenv(
        "AIRFLOW__SECRETS__BACKEND", "airflow.secrets.local_filesystem.LocalFilesystemBackend"
    )
    monkeypatch.setenv("AIRFLOW__SECRETS__BACKEND_KWARGS", json.dumps(arguments))
    clear_secrets_backends_cache()
    known = settings.model_copy(
        update={
            "dsn": None,
            "person_key": None,
            "dsn_conn_id": "warehouse_db",
            "person_key_variable": "person_key",
        }
    )
    monkeypatch.setattr("health_warehouse.settings.get_settings", lambda: known)
    yield known
    clear_secrets_backends_cache()


def _use(monkeypatch: pytest.MonkeyPatch, settings: Settings, **values: str) -> None:
    other = settings.model_copy(update=values)
    monkeypatch.setattr("health_warehouse.settings.get_settings", lambda: other)


def test_tasks_work_with_the_secrets_of_the_backend(without_secrets: Settings) -> None:
    assert release_tasks.has_changes.function() is False
    assert upkeep_tasks.check_vacuum.function() == 0
    assert find_person_key(task_settings()) == bytes.fromhex(_KEY)
    assert not (without_secrets.secrets_dir / "person_key").exists(), "none was made instead"


def test_a_password_is_not_shown(without_secrets: Settings) -> None:
    assert "owner@" not in repr(task_settings())
    assert _KEY not in repr(task_settings())


def test_a_setting_wins_over_the_backend(
    settings: Settings, without_secrets: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = settings.model_copy(update={"dsn_conn_id": "no_such_connection"})
    monkeypatch.setattr("health_warehouse.settings.get_settings", lambda: both)
    assert task_settings() is both


def test_what_airflow_does_not_have_is_named(
    without_secrets: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _use(monkeypatch, without_secrets, dsn_conn_id="no_such_connection")
    with pytest.raises(AirflowFailException, match="no connection no_such_connection"):
        release_tasks.has_changes.function()
    _use(monkeypatch, without_secrets, person_key_variable="no_such_variable")
    with pytest.raises(AirflowFailException, match="no variable no_such_variable"):
        release_tasks.has_changes.function()


def test_elsewhere_than_in_a_task_nothing_is_made_instead(without_secrets: Settings) -> None:
    with pytest.raises(ConfigurationError, match="set WAREHOUSE_PERSON_KEY here"):
        find_person_key(without_secrets)
    with pytest.raises(ConfigurationError, match="set WAREHOUSE_DSN here"):
        owner_url(without_secrets)


def test_services_do_not_start_beside_a_warehouse_that_only_tasks_know(
    without_secrets: Settings,
) -> None:
    with pytest.raises(ConfigurationError, match="set WAREHOUSE_DSN"):
        up(without_secrets, lambda _: None)
