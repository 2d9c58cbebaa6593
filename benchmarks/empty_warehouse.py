"""A warehouse for one measurement."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from health_warehouse.database.connections import dispose_engines
from health_warehouse.database.migrate import migrate
from health_warehouse.services import postgres, state
from health_warehouse.services.secret_files import airflow_secrets
from health_warehouse.settings import Settings


@contextmanager
def empty_warehouse() -> Iterator[Settings]:
    """A migrated warehouse of its own, with its own server, in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="warehouse-bench-") as name:
        settings = Settings(state=Path(name) / "state", inbox_quiet_seconds=0)
        state.prepare(settings)
        postgres.start(settings, airflow_secrets(settings), lambda _line: None)
        try:
            migrate(settings)
            yield settings
        finally:
            dispose_engines()
            postgres.server(settings).stop()
