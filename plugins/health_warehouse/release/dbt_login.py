"""What profiles.yml of the dbt project reads of the environment: where the database is, as whom."""

from __future__ import annotations

from health_warehouse.database.connections import role_url
from health_warehouse.settings import Settings


def login_environment(settings: Settings, role: str) -> dict[str, str]:
    """Variables by name, the password of the role included; dbt tells nobody of its use."""
    url = role_url(settings, role)
    return {
        "WAREHOUSE_DBT_HOST": url.host or "127.0.0.1",
        "WAREHOUSE_DBT_PORT": str(url.port or 5432),
        "WAREHOUSE_DBT_DATABASE": url.database or "",
        "WAREHOUSE_DBT_USER": url.username or "",
        "DBT_ENV_SECRET_WAREHOUSE_PASSWORD": str(url.password or ""),
        "WAREHOUSE_DBT_SSLMODE": str(url.query.get("sslmode", "prefer")),
        "DO_NOT_TRACK": "1",
    }
