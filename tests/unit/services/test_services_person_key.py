"""A person key that is set in the environment reaches the tasks, and no service beside them."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import make_url

from health_warehouse.services.airflow import Airflow
from health_warehouse.services.alert_sender import alert_sender
from health_warehouse.services.secret_files import AirflowSecrets
from health_warehouse.settings import Settings

KEY = "ab" * 32


def test_only_the_scheduler_gets_the_person_key(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path, person_key=SecretStr(KEY))
    secrets = AirflowSecrets("a", "b", "c", "d", "e")
    airflow = Airflow(settings, secrets, make_url("postgresql://airflow@127.0.0.1/airflow"), 8080)
    given = {
        daemon.name
        for daemon in (*airflow.daemons(), alert_sender(settings))
        if KEY in daemon.environment.values()
    }
    assert given == {"scheduler"}
