"""Variables that a process gets from us: those on the list of its kind, whatever else is set."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from health_warehouse.child_environment import Child, passed_on, settings_for
from health_warehouse.settings import Settings

SECRETS = {
    "person_key": "ab" * 32,
    "dsn": "postgresql://o:dsn-hush@h/d",
    "airflow_dsn": "postgresql://o:airflow-hush@h/d",
    "inbox_connection": '{"password": "inbox-hush"}',
    "alert_smtp_password": "mail-hush",
    "alert_webhook_secret": "hook-hush",
}
GIVEN = {
    Child.POSTGRES: set(),
    Child.DATABASE_PROGRAM: set(),
    Child.AIRFLOW_SERVICE: set(),
    Child.METRICS: set(),
    Child.GENERATOR: set(),
    Child.TASKS: {"person_key", "dsn", "airflow_dsn", "inbox_connection"},
    Child.ALERT_SENDER: {"dsn", "airflow_dsn", "alert_smtp_password", "alert_webhook_secret"},
}


@pytest.mark.parametrize("child", list(Child))
def test_a_secret_goes_to_who_uses_it(child: Child, tmp_path: Path) -> None:
    settings = Settings(state=tmp_path, **{n: SecretStr(one) for n, one in SECRETS.items()})
    values = settings_for(child, settings).values()
    assert {name for name, secret in SECRETS.items() if secret in values} == GIVEN[child]


@pytest.mark.parametrize("child", list(Child))
def test_what_is_on_no_list_is_not_passed_on(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("PASSWORD_OF_THE_SHELL", "PGPASSWORD", "WAREHOUSE_PERSON_KEY", "AIRFLOW__CORE__X")
    for name in names:
        monkeypatch.setenv(name, "hush")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    found = passed_on(child)
    assert "hush" not in found.values()
    assert found["LC_ALL"] == "C.UTF-8"
    assert found["PATH"]
