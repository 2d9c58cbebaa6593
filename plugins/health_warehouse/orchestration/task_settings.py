"""The settings of a task, with the secrets that Airflow's secrets backends hold.

Airflow asks its backends in order: the one of `[secrets] backend`, its environment, its own
database. So where a secret lies, in Vault or in a file, is Airflow's configuration and not ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from health_warehouse.errors import ConfigurationError

if TYPE_CHECKING:
    from health_warehouse.settings import Settings

_GUIDE = "see docs/operations/secrets.md"


def task_settings() -> Settings:
    """What `get_settings` gives; what is unset there and named to be Airflow's is asked of Airflow.

    Raises ConfigurationError when Airflow does not have it.
    """
    from health_warehouse.settings import get_settings

    settings = get_settings()
    found: dict[str, Any] = {}
    if settings.dsn is None and settings.dsn_conn_id:
        found["dsn"] = _dsn(settings.dsn_conn_id)
    if settings.person_key is None and settings.person_key_variable:
        found["person_key"] = _person_key(settings.person_key_variable)
    return settings.model_copy(update=found) if found else settings


def _dsn(conn_id: str) -> SecretStr:
    """Airflow masks the password of a connection in logs by itself."""
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException
    from sqlalchemy import URL

    try:
        there = BaseHook.get_connection(conn_id)
    except AirflowNotFoundException:
        raise ConfigurationError(
            f"Airflow has no connection {conn_id}, which WAREHOUSE_DSN_CONN_ID names; {_GUIDE}"
        ) from None
    url = URL.create(
        "postgresql",
        username=there.login,
        password=there.password,
        host=there.host,
        port=there.port,
        database=there.schema,
    )
    return SecretStr(url.render_as_string(hide_password=False))


def _person_key(name: str) -> SecretStr:
    from airflow.sdk import Variable
    from airflow.sdk.log import mask_secret

    value = Variable.get(name, default=None)
    if not isinstance(value, str):
        raise ConfigurationError(
            f"Airflow has no variable {name}, which WAREHOUSE_PERSON_KEY_VARIABLE names; {_GUIDE}"
        )
    mask_secret(value)
    return SecretStr(value)
