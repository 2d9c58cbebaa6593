"""What every DAG and task has in common."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from health_warehouse.orchestration.tags import Owner

# `failures.told_plainly` ends at once what trying again cannot help, so these retries are left
# for what can pass: a server restarting, a network, a killed process.
DEFAULT_ARGS: dict[str, Any] = {
    "owner": Owner.DATA_TEAM.value,
    "retries": 3,
    "retry_delay": timedelta(seconds=10),
    "retry_exponential_backoff": True,
    "max_retry_delay": timedelta(minutes=5),
    "execution_timeout": timedelta(minutes=10),
}

# One run at a time: the work list is the ledger, and a second run would find the same work.
# `catchup` off: a missed minute needs no run of its own.
DAG_ARGS: dict[str, Any] = {
    "start_date": datetime(2026, 1, 1, tzinfo=UTC),
    "catchup": False,
    "max_active_runs": 1,
    "is_paused_upon_creation": False,
    "default_args": DEFAULT_ARGS,
}
