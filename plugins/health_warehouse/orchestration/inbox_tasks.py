"""Tasks of `watch_inbox`."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from airflow.sdk import task

from health_warehouse.orchestration.assets import INBOX
from health_warehouse.orchestration.failures import told_plainly
from health_warehouse.orchestration.inbox_connection import with_inbox_connection
from health_warehouse.orchestration.task_settings import task_settings
from health_warehouse.services.airflow_pools import LANDING_POOL

if TYPE_CHECKING:
    from airflow.sdk.types import RuntimeTaskInstanceProtocol

log = logging.getLogger(__name__)
_INGESTION = "ingest_claims"


@task.short_circuit(pool=LANDING_POOL.name, execution_timeout=timedelta(minutes=5))
@told_plainly
def has_new_files(ti: RuntimeTaskInstanceProtocol | None = None) -> bool:
    """Is there anything to take in, and nobody at it? If not, the run ends here, green."""
    from health_warehouse.landing.batches import arrivals

    if ti is not None and ti.get_dr_count(_INGESTION, states=["queued", "running"]):
        log.info("a run of %s is at work: it is looked again in a minute", _INGESTION)
        return False
    found = arrivals(with_inbox_connection(task_settings()))
    new, left_over = len(found.listing.new), found.left_over
    log.info("%s new files, %s files left unjudged by a crash", new, left_over)
    return found.is_any


@task(pool=LANDING_POOL.name, outlets=[INBOX], execution_timeout=timedelta(minutes=5))
@told_plainly
def report_new_files() -> None:
    """Ring for `ingest_claims`."""
    log.info("ringing for %s", _INGESTION)
