"""Credentials of the inbox, in the form in which Airflow writes a connection."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from health_warehouse.errors import ConfigurationError
from health_warehouse.settings import Settings


class InboxConnection(BaseModel):
    """The parts of an Airflow connection that an inbox may need. What `extra` may hold is told by
    `sftp_inbox` and `s3_inbox`."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    host: str | None = None
    port: int | None = None
    login: str | None = None
    password: SecretStr | None = None
    extra: dict[str, Any] = Field(default_factory=dict, repr=False)

    @field_validator("extra", mode="before")
    @classmethod
    def _extra_as_text(cls, value: Any) -> Any:
        """Airflow hands `extra` on as JSON within JSON."""
        return json.loads(value) if isinstance(value, str) and value else value or {}

    @property
    def secret(self) -> str | None:
        return self.password.get_secret_value() or None if self.password else None


def inbox_connection(settings: Settings) -> InboxConnection:
    """Raises ConfigurationError when there is none, or when it is no JSON of a connection."""
    if settings.inbox_connection is None:
        if settings.inbox_conn_id:
            raise ConfigurationError(
                f"the inbox's credentials are in the Airflow connection {settings.inbox_conn_id}, "
                "which only Airflow's tasks read; give the command line WAREHOUSE_INBOX_CONNECTION"
            )
        return InboxConnection()
    try:
        return InboxConnection.model_validate_json(settings.inbox_connection.get_secret_value())
    except (ValidationError, ValueError):
        raise ConfigurationError(
            "WAREHOUSE_INBOX_CONNECTION, or the Airflow connection of WAREHOUSE_INBOX_CONN_ID, is "
            "not a JSON object with login, password, host, port and extra"
        ) from None
