"""Credentials of the inbox from an Airflow connection; the rest of the package knows no Airflow."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pydantic import SecretStr

from health_warehouse.errors import ConfigurationError

if TYPE_CHECKING:
    from health_warehouse.settings import Settings


def with_inbox_connection(settings: Settings) -> Settings:
    """The settings, with the connection that `inbox_conn_id` names; Airflow masks it in logs.

    Raises ConfigurationError when Airflow has none of that name.
    """
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException

    if not settings.inbox_conn_id:
        return settings
    try:
        found = BaseHook.get_connection(settings.inbox_conn_id)
    except AirflowNotFoundException:
        raise ConfigurationError(
            f"Airflow has no connection {settings.inbox_conn_id}, which WAREHOUSE_INBOX_CONN_ID "
            "names; see docs/runbooks/inbox_elsewhere.md"
        ) from None
    connection = {
        "host": found.host,
        "port": found.port,
        "login": found.login,
        "password": found.password,
        "extra": found.extra,
    }
    return settings.model_copy(update={"inbox_connection": SecretStr(json.dumps(connection))})
