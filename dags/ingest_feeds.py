"""Take the files of every feed from the inbox into the warehouse: `ingest_<feed>` per contract.

The manual of each is made of its contract. A contract that cannot be read has no DAG here, and
takes none from the others: `warehouse doctor` names its file and line.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, AssetOrTimeSchedule, CronTriggerTimetable, Param

from health_warehouse.orchestration.assets import inbox_of
from health_warehouse.orchestration.dag_names import ingestion_of
from health_warehouse.orchestration.defaults import DAG_ARGS
from health_warehouse.orchestration.feed_dags import FeedDag, feeds_of_dags
from health_warehouse.orchestration.feed_tasks import (
    list_new_files,
    load_batch,
    load_lists,
    report_changes,
    report_loaded,
)
from health_warehouse.orchestration.tags import Tag
from health_warehouse.services.airflow_pools import LANDING_POOL

_INSTANT = r"^$|^declared$|^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?([+-]\d{2}:\d{2}|Z)$"
# Each DAG's params are checked at each parse: by this draft in a third of the time of the newest.
_CHECKED_BY = {"$schema": "http://json-schema.org/draft-07/schema#"}
_PARAMS = {
    "period": Param(
        None,
        type=["null", "string"],
        pattern=r"^$|^\d{4}(-Q[1-4]|-\d{2}(-\d{2})?)?$",
        title="Period",
        **_CHECKED_BY,
        description="Only files of 2026, 2026-Q2, 2026-06 or 2026-06-30; the others wait.",
    ),
    "facility": Param(
        None,
        type=["null", "string"],
        pattern=r"^[0-9A-Za-z]{0,20}$",
        title="Facility",
        **_CHECKED_BY,
        description="Only files with this code (MACSKCB) in their path; the others wait.",
    ),
    "received_at": Param(
        None,
        type=["null", "string"],
        pattern=_INSTANT,
        title="Received at",
        **_CHECKED_BY,
        description="Empty: the file's modification time. `declared`: the sender's date "
        "(NGAYLAP). Or an instant such as 2026-01-31T08:00+07:00.",
    ),
    "dry_run": Param(
        False,
        type="boolean",
        title="Dry run",
        **_CHECKED_BY,
        description="List the batches, load nothing.",
    ),
}


def _hourly(minute: int) -> CronTriggerTimetable:
    """Not at once when Airflow starts for the first time: ten DAGs would then list the inbox."""
    return CronTriggerTimetable(f"{minute} * * * *", timezone="UTC", run_immediately=timedelta(0))


def ingest(feed: FeedDag, minute: int) -> None:
    """`minute`: of the hour, so that not all of them list the inbox at once."""
    with DAG(
        dag_id=ingestion_of(feed.feed),
        dag_display_name=f"{ingestion_of(feed.feed)} ({feed.title})",
        schedule=AssetOrTimeSchedule(
            timetable=_hourly(minute),
            assets=[inbox_of(feed.feed)],
        ),
        doc_md=feed.manual,
        tags=[Tag.IMPACT_FEEDS.value, (Tag.LISTS if feed.is_of_rows else Tag.CLAIMS).value],
        params=_PARAMS,
        **DAG_ARGS | {"start_date": None},
    ):
        # Airflow shows the docstring of unmapped tasks only, so a mapped one is given it.
        if feed.is_of_rows:
            load = load_lists.override(doc_md=load_lists.function.__doc__)
            report_loaded(load.expand(batch=list_new_files(feed.feed)))
        else:
            load = load_batch.override(doc_md=load_batch.function.__doc__)
            listed = list_new_files.override(pool=LANDING_POOL.name)(feed.feed)
            report_changes(load.expand(batch=listed))


for _place, _feed in enumerate(feeds_of_dags()):
    ingest(_feed, minute=1 + _place % 59 if _feed.is_of_rows else 0)
