"""Tasks of `watch_inbox`."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import task

from health_warehouse.errors import ConfigurationError
from health_warehouse.orchestration.assets import ARRIVED, LOADED, inbox_of
from health_warehouse.orchestration.dag_names import JUDGING, ingestion_of
from health_warehouse.orchestration.failures import told_plainly
from health_warehouse.orchestration.inbox_connection import with_inbox_connection
from health_warehouse.orchestration.task_settings import task_settings
from health_warehouse.services.airflow_pools import WATCH_POOL

if TYPE_CHECKING:
    from airflow.sdk.types import RuntimeTaskInstanceProtocol

    from health_warehouse.settings import Settings

log = logging.getLogger(__name__)
_AT_WORK = ["queued", "running"]


@task.short_circuit(pool=WATCH_POOL.name, execution_timeout=timedelta(minutes=5))
@told_plainly
def has_new_files(ti: RuntimeTaskInstanceProtocol | None = None) -> dict[str, Any]:
    """For which feeds is there anything to take in, and nobody at it? If for none, the run ends
    here, green. Notes in `ops.arrivals` what waits."""
    from health_warehouse.landing.arrivals import look_for_all

    settings = with_inbox_connection(task_settings())
    seen = look_for_all(settings)
    for reason in seen.unreadable:
        log.warning("%s", reason)
    log.info("%s new files", seen.count)
    rung = []
    for feed, found in sorted(seen.by_feed.items()):
        log.info("%s: %s new files", feed, len(found))
        if _is_at_work(ti, ingestion_of(feed)):
            log.info("a run of %s is at work: it is looked again in a minute", ingestion_of(feed))
        else:
            rung.append(feed)
    _fill_calendar(settings)
    is_judging = seen.rows_unjudged and not _is_at_work(ti, JUDGING)
    return {"feeds": rung, "judge": is_judging} if rung or is_judging else {}


@task(pool=WATCH_POOL.name, outlets=[ARRIVED], execution_timeout=timedelta(minutes=5))
@told_plainly
def report_new_files(waiting: dict[str, Any], outlet_events: Any = None) -> None:
    """Ring for `ingest_<feed>` of each feed with something new, and for `validate_deliveries` when
    lists wait to be judged."""
    for feed in waiting["feeds"]:
        log.info("ringing for %s", ingestion_of(feed))
        outlet_events[ARRIVED].add(inbox_of(feed))
    if waiting["judge"]:
        log.info("ringing for %s", JUDGING)
        outlet_events[ARRIVED].add(LOADED)


def _fill_calendar(settings: Settings) -> None:
    """What is owed, hourly. Files are taken in also when it cannot be said."""
    from health_warehouse.landing.expected import fill_if_old

    try:
        fill_if_old(settings)
    except ConfigurationError as error:
        log.warning("what is owed is as it was: %s", error)


def _is_at_work(ti: RuntimeTaskInstanceProtocol | None, dag_id: str) -> bool:
    return ti is not None and bool(ti.get_dr_count(dag_id, states=_AT_WORK))
