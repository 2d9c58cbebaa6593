"""Tasks of `ingest_<feed>` and `validate_deliveries`: from the inbox to judged documents."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import task
from airflow.sdk.exceptions import AirflowSkipException

from health_warehouse.errors import ConfigurationError
from health_warehouse.orchestration.assets import CHANGED_FEEDS, CHANGES, LOADED, feed_asset
from health_warehouse.orchestration.failures import told_plainly
from health_warehouse.orchestration.inbox_connection import with_inbox_connection
from health_warehouse.orchestration.task_settings import task_settings
from health_warehouse.services.airflow_pools import FEEDS_POOL, LANDING_POOL, WATCH_POOL

if TYPE_CHECKING:
    from health_warehouse.landing.delivery import ReceivedAt
    from health_warehouse.landing.ingest import IngestReport

log = logging.getLogger(__name__)
_SHOWN = 20
_TITLE = "{{ title or task.op_kwargs['batch']['title'] }}"


@task(pool=WATCH_POOL.name, execution_timeout=timedelta(minutes=5))
@told_plainly
def list_new_files(feed: str, params: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """List what senders of this feed left in the inbox, and cut it into batches.

    Returns one description per batch, for `load_batch`; an empty list ends the run. The files
    themselves stay in the warehouse: their names may be those of patients.
    """
    from health_warehouse.landing import batches
    from health_warehouse.landing.asked import Asked

    settings = with_inbox_connection(task_settings())
    wanted = params or {}
    asked = Asked.of(feed, wanted.get("facility"), wanted.get("period"))
    found = batches.arrivals(settings, received_at_of(wanted), asked)
    log.info("%s new files of %s", len(found.listing.new), feed)
    if found.left_over:
        log.info("%s files left unjudged by a crash", found.left_over)
    if asked.is_part:
        log.info("files of other facilities or periods stay where they are, for the next run")
    for delivery in found.listing.ahead:
        log.warning(
            "%s is from the future: until then it wins over every other delivery of its documents "
            "(docs/runbooks/file_refused.md)",
            delivery.shown,
        )
    for reason in found.listing.unreadable:
        log.warning("%s", reason)
    groups, planned = batches.plan(found, spread=_is_of_rows(settings, feed))
    if wanted.get("dry_run"):
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
def load_batch(batch: dict[str, Any], params: dict[str, Any] | None = None) -> dict[str, Any]:
    """Archive, load and check the files of one batch.

    One task does both, because the checks cost ~9 s to import and judge a batch at once. A refused
    file or a quarantined dossier is a handled outcome. The task fails when a rule cannot be judged,
    and, after it loaded the others, when a file could not be read.
    """
    from health_warehouse.landing import batches

    settings = with_inbox_connection(task_settings())
    report = batches.load(settings, batches.Batch(**batch), received_at_of(params or {}))
    counts = ", ".join(f"{count} {name}" for name, count in sorted(report.outcomes.items()))
    log.info(
        "%s: %s; of %s dossiers %s are quarantined, %s findings",
        batch["title"],
        counts or "nothing new",
        report.dossier_count,
        report.quarantined_dossiers,
        report.findings,
    )
    _tell_refused(report)
    return _outcome(report)


@task(pool=FEEDS_POOL.name, execution_timeout=timedelta(hours=1), map_index_template=_TITLE)
@told_plainly
def load_lists(batch: dict[str, Any], params: dict[str, Any] | None = None) -> dict[str, Any]:
    """Archive and load the files of one batch; `validate_deliveries` judges them.

    The task is called after the facility and the day of the list, once it knows them. A refused
    file is a handled outcome. The task fails, after it loaded the others, when a file could not be
    read.
    """
    from health_warehouse.landing import batches
    from health_warehouse.landing.titles import title_of

    settings = with_inbox_connection(task_settings())
    report = batches.read(settings, batches.Batch(**batch), received_at_of(params or {}))
    title = title_of(settings, report.read_ids)
    _call_task(title)
    counts = ", ".join(f"{count} {name}" for name, count in sorted(report.outcomes.items()))
    log.info(
        "%s: %s; %s rows read, not judged yet",
        title or batch["title"],
        counts or "nothing new",
        report.line_count,
    )
    _tell_refused(report)
    return _outcome(report)


@task(pool=WATCH_POOL.name, outlets=[LOADED], execution_timeout=timedelta(minutes=5))
@told_plainly
def report_loaded(outcomes: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Ring for `validate_deliveries` when a file was loaded or refused; else skip."""
    total = {"files": sum(outcome["files"] for outcome in outcomes[:])}
    log.info("%s files", total["files"])
    if total["files"] == 0:
        raise AirflowSkipException("no file was loaded: nothing to judge")
    return total


@task(pool=LANDING_POOL.name, execution_timeout=timedelta(hours=2))
@told_plainly
def check_deliveries() -> list[dict[str, Any]]:
    """Judge all lists that were loaded and are not judged yet, whatever feed they are of, in one
    go."""
    from health_warehouse.landing.ingest import IngestReport, judge_loaded

    settings = task_settings()
    report = IngestReport()
    judge_loaded(settings, report, of_rows=True)
    log.info(
        "%s files judged; %s refused, %s documents quarantined, %s findings",
        len(report.file_ids),
        report.refused_files,
        report.quarantined_dossiers,
        report.findings,
    )
    _tell_refused(report)
    return [_outcome(report) | {"files": len(report.file_ids)}]


@task(
    pool=LANDING_POOL.name,
    outlets=[CHANGES, CHANGED_FEEDS],
    execution_timeout=timedelta(minutes=5),
)
@told_plainly
def report_changes(outcomes: Sequence[dict[str, Any]], outlet_events: Any = None) -> dict[str, int]:
    """Ring for `build_release` and for each feed of which a document changed; skip, and so do not
    ring, when none did."""
    counts = outcomes[:]  # one request; iterating asks once per batch and logs an error at the end
    total = {
        name: sum(outcome[name] for outcome in counts) for name in ("files", "changed_dossiers")
    }
    log.info("%s files, %s documents changed", total["files"], total["changed_dossiers"])
    if total["changed_dossiers"] == 0:
        raise AirflowSkipException("no document changed: nothing to build")
    for feed in sorted({feed for outcome in counts for feed in outcome.get("feeds", ())}):
        if outlet_events is not None:
            outlet_events[CHANGED_FEEDS].add(feed_asset(feed))
    return total


def received_at_of(params: dict[str, Any]) -> ReceivedAt:
    """The parameter `received_at`. Raises ConfigurationError for what it cannot be."""
    value = params.get("received_at")
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


def _outcome(report: IngestReport) -> dict[str, Any]:
    return {
        "files": sum(report.outcomes.values()),
        "changed_dossiers": report.changed_dossiers,
        "feeds": sorted(report.changed_by_feed),
    }


def _tell_refused(report: IngestReport) -> None:
    for refusal in [*report.refused, *report.not_taken][:_SHOWN]:
        log.warning("%s: refused, %s", refusal.delivery, refusal.reason)
    if (more := len(report.refused) + len(report.not_taken) - _SHOWN) > 0:
        log.warning("and %s more: `warehouse ledger --status refused`", more)


def _call_task(title: str | None) -> None:
    """Give this task of several its name in Airflow's UI; without a run, as in a test, no one."""
    from airflow.sdk import get_current_context

    try:
        context: Any = get_current_context()
    except RuntimeError:
        return
    context["title"] = title


def _is_of_rows(settings: Any, feed: str) -> bool:
    from health_warehouse.feeds.catalogue import catalogue

    contract = catalogue(settings).get(feed)
    return contract is not None and contract.is_of_rows
