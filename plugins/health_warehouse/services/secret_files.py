"""Secrets that are made once and kept in STATE/secrets, mode 0600."""

from __future__ import annotations

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from health_warehouse.private_files import write_private
from health_warehouse.settings import Settings

ADMIN = "admin"


@dataclass(frozen=True)
class AirflowSecrets:
    """`fernet_key` encrypts connections, `jwt_secret` signs tokens, `secret_key` signs sessions.

    They are explicit, for otherwise each process of Airflow makes its own.
    """

    fernet_key: str
    jwt_secret: str
    secret_key: str
    metadata_password: str
    admin_password: str


def airflow_secrets(settings: Settings) -> AirflowSecrets:
    """Read them; make them the first time."""
    path = settings.secrets_dir / "airflow.json"
    if not path.exists():
        fresh = AirflowSecrets(
            fernet_key=base64.urlsafe_b64encode(os.urandom(32)).decode(),
            jwt_secret=secrets.token_urlsafe(48),
            secret_key=secrets.token_urlsafe(48),
            metadata_password=secrets.token_urlsafe(24),
            admin_password=secrets.token_urlsafe(12),
        )
        write_private(path, json.dumps(asdict(fresh), indent=1))
    return AirflowSecrets(**json.loads(path.read_text()))


def login_file(settings: Settings) -> Path:
    """Where Airflow's login reads passwords from. Airflow itself would write it world-readable."""
    return settings.secrets_dir / "airflow_logins.json"


def write_login_file(settings: Settings, airflow: AirflowSecrets) -> None:
    path = login_file(settings)
    if not path.exists():
        write_private(path, json.dumps({ADMIN: airflow.admin_password}) + "\n")
