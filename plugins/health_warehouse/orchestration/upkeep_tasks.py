"""Tasks of `maintain_logs`."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from airflow.sdk import task

from health_warehouse.orchestration.failures import told_plainly
from health_warehouse.orchestration.pools import LANDING_POOL

log = logging.getLogger(__name__)
_KEEP_DAYS = 30


@task(pool=LANDING_POOL.name, execution_timeout=timedelta(minutes=10))
@told_plainly
def trim_logs(params: dict[str, Any] | None = None) -> int:
    """Empty large service logs, delete old task logs. Returns the bytes freed."""
    from health_warehouse.services.logs import trim
    from health_warehouse.settings import get_settings

    given = params or {}
    dry_run = bool(given.get("dry_run"))
    trimmed = trim(get_settings(), given.get("keep_days", _KEEP_DAYS), dry_run)
    log.info(
        "%s%s service logs, %s task logs, %s bytes",
        "dry run, kept: " if dry_run else "",
        trimmed.services,
        trimmed.tasks,
        trimmed.byte_count,
    )
    return 0 if dry_run else trimmed.byte_count
