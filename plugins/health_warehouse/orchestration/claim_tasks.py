"""Tasks of `ingest_claims`."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import task
from airflow.sdk.exceptions import AirflowSkipException

from health_warehouse.errors import ConfigurationError
from health_warehouse.orchestration.assets import CLAIMS
from health_warehouse.orchestration.failures import told_plainly
from health_warehouse.orchestration.inbox_connection import with_inbox_connection
from health_warehouse.orchestration.task_settings import task_settings
from health_warehouse.services.airflow_pools import LANDING_POOL

if TYPE_CHECKING:
    from health_warehouse.landing.delivery import ReceivedAt

log = logging.getLogger(__name__)


@task(
    pool=LANDING_POOL.name,
    execution_timeout=timedelta(minutes=5),
)
@told_plainly
def list_new_files(params: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """List what senders left in the inbox and what a crash left unjudged; cut it into batches.

    Returns one description per batch, for `load_batch`; an empty list ends the run. The files
    themselves stay in the warehouse: their names may be those of patients.
    """
    from health_warehouse.landing import batches

    settings = with_inbox_connection(task_settings())
    found = batches.arrivals(settings, _received_at((params or {}).get("received_at")))
    new, left_over = len(found.listing.new), found.left_over
    log.info("%s new files, %s files left unjudged by a crash", new, left_over)
    for delivery in found.listing.ahead:
        log.warning(
            "%s is from the future: until then it wins over every other delivery of its dossiers "
            "(docs/runbooks/file_refused.md)",
            delivery.shown,
        )
    for reason in found.listing.unreadable:
        log.warning("%s", reason)
    groups, planned = batches.plan(found)
    if (params or {}).get("dry_run"):
        for batch in planned:
            log.info("dry run, not loaded: %s", batch.title)
        return []
    return [asdict(batch) for batch in batches.remember(settings, groups, planned)]


@task(
    pool=LANDING_POOL.name,
    execution_timeout=timedelta(hours=1),
    map_index_template="{{ task.op_kwargs['batch']['title'] }}",
)
@told_plainly
def load_batch(batch: dict[str, Any], params: dict[str, Any] | None = None) -> dict[str, int]:
    """Archive, load and check the files of one batch.

    One task does both, because the checks cost ~9 s to import and judge a batch at once. A refused
    file or a quarantined dossier is a handled outcome. The task fails when a rule cannot be judged,
    and, after it loaded the others, when a file could not be read.
    """
    from health_warehouse.landing import batches

    settings = with_inbox_connection(task_settings())
    received_at = _received_at((params or {}).get("received_at"))
    report = batches.load(settings, batches.Batch(**batch), received_at)
    counts = ", ".join(f"{count} {name}" for name, count in sorted(report.outcomes.items()))
    log.info(
        "%s: %s; of %s dossiers %s are quarantined, %s findings",
        batch["title"],
        counts or "nothing new",
        report.dossier_count,
        report.quarantined_dossiers,
        report.findings,
    )
    return {"files": sum(report.outcomes.values()), "changed_dossiers": report.changed_dossiers}


@task(pool=LANDING_POOL.name, outlets=[CLAIMS], execution_timeout=timedelta(minutes=5))
@told_plainly
def report_changes(outcomes: Sequence[dict[str, int]]) -> dict[str, int]:
    """Ring for `build_release` when a dossier changed; skip, and so do not ring, when none did."""
    counts = outcomes[:]  # one request; iterating asks once per batch and logs an error at the end
    total = {
        name: sum(outcome[name] for outcome in counts) for name in ("files", "changed_dossiers")
    }
    log.info("%s files, %s dossiers changed", total["files"], total["changed_dossiers"])
    if total["changed_dossiers"] == 0:
        raise AirflowSkipException("no dossier changed: nothing to build")
    return total


def _received_at(value: str | None) -> ReceivedAt:
    if not value:
        return None
    if value == "declared":
        return "declared"
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        raise ConfigurationError(_WANTED % value) from None
    if instant.tzinfo is None:
        raise ConfigurationError(_WANTED % value)
    return instant


_WANTED = "received_at is %r: leave it empty, or give `declared` or an instant with its offset"
