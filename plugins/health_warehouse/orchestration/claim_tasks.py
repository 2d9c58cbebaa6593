"""Tasks of `ingest_claims`."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from airflow.sdk import task
from airflow.sdk.exceptions import AirflowSkipException

from health_warehouse.errors import ConfigurationError
from health_warehouse.orchestration import batches
from health_warehouse.orchestration.assets import CLAIMS
from health_warehouse.orchestration.failures import told_plainly
from health_warehouse.orchestration.pools import LANDING_POOL

if TYPE_CHECKING:
    from health_warehouse.landing.inbox import Delivery

log = logging.getLogger(__name__)


@task(pool=LANDING_POOL.name, execution_timeout=timedelta(minutes=5))
@told_plainly
def list_new_files(params: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """List what senders left in the inbox and what a crash left unjudged; cut it into batches.

    Returns one description per batch, for `load_batch`; an empty list ends the run.
    """
    from health_warehouse.landing.inbox import list_new
    from health_warehouse.landing.ingest import unjudged_file_ids
    from health_warehouse.settings import get_settings

    settings = get_settings()
    _received_at((params or {}).get("received_at"))  # a wrong value ends the run here, before work
    deliveries = list_new(settings)
    left_over = unjudged_file_ids(settings)
    log.info("%s new files, %s files left unjudged by a crash", len(deliveries), len(left_over))
    groups = batches.first(batches.group(deliveries, lambda delivery: delivery.byte_count))
    if left_over and not groups:
        groups = [[]]
    described = [
        {
            "title": batches.title(
                number, len(groups), len(group), sum(d.byte_count for d in group)
            ),
            "deliveries": [_packed(delivery) for delivery in group],
        }
        for number, group in enumerate(groups, start=1)
    ]
    if (params or {}).get("dry_run"):
        for batch in described:
            log.info("dry run, not loaded: %s", batch["title"])
        return []
    return described


@task(
    pool=LANDING_POOL.name,
    execution_timeout=timedelta(hours=1),
    map_index_template="{{ task.op_kwargs['batch']['title'] }}",
)
@told_plainly
def load_batch(batch: dict[str, Any], params: dict[str, Any] | None = None) -> dict[str, int]:
    """Archive, load and check the files of one batch.

    One task does both, because the checks cost ~9 s to import and judge a batch at once. A refused
    file or a quarantined dossier is a handled outcome; the task fails when a rule cannot be judged.
    """
    from health_warehouse.landing.ingest import ingest
    from health_warehouse.settings import get_settings

    deliveries = [_unpacked(packed) for packed in batch["deliveries"]]
    received_at = _received_at((params or {}).get("received_at"))
    report = ingest(get_settings(), deliveries, received_at=received_at)
    log.info("%s: %s", batch["title"], report)
    return {"files": len(deliveries), "changed_dossiers": report.changed_dossiers}


@task(pool=LANDING_POOL.name, outlets=[CLAIMS], execution_timeout=timedelta(minutes=5))
@told_plainly
def report_changes(outcomes: Iterable[dict[str, int]]) -> dict[str, int]:
    """Ring for `build_release` when a dossier changed; skip, and so do not ring, when none did."""
    counts = list(outcomes)
    total = {
        name: sum(outcome[name] for outcome in counts) for name in ("files", "changed_dossiers")
    }
    log.info("%s files, %s dossiers changed", total["files"], total["changed_dossiers"])
    if total["changed_dossiers"] == 0:
        raise AirflowSkipException("no dossier changed: nothing to build")
    return total


def _received_at(value: str | None) -> datetime | Literal["declared"] | None:
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


def _packed(delivery: Delivery) -> dict[str, Any]:
    return {
        "uri": delivery.uri,
        "byte_count": delivery.byte_count,
        "modified_at": delivery.modified_at.isoformat(),
    }


def _unpacked(packed: dict[str, Any]) -> Delivery:
    from health_warehouse.landing.inbox import Delivery

    return Delivery(
        uri=packed["uri"],
        byte_count=packed["byte_count"],
        modified_at=datetime.fromisoformat(packed["modified_at"]),
    )
