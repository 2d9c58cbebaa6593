"""One database for the tests of a module, for cases that are judged in one batch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from health_warehouse.database import connections
from health_warehouse.settings import Settings


@pytest.fixture(scope="module")
def module_settings(cluster: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """As `settings`, but shared by the tests of a module."""
    database = cluster.create_database()
    settings = Settings(
        state=tmp_path_factory.mktemp("module") / "state",
        dsn=SecretStr(cluster.server.url(database, "wh_owner", "owner")),
        person_key=SecretStr("00" * 32),
        inbox_quiet_seconds=0,
    )
    connections.store_secrets(settings, cluster.secrets)
    yield settings
    connections.dispose_engines()
    cluster.drop_database(database)
