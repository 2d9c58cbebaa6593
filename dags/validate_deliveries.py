"""Judge what was loaded of lists and other feeds of rows: all feeds that came, in one task.

**What it does.** It applies the rules at the door to every file of such a feed that is loaded and
not judged yet, and settles which documents count. It loads Great Expectations once for all
that arrived, not once for each feed. Refused files and quarantined documents are handled outcomes:
they are in `warehouse quarantine` with rule and reason, and the run stays green. When a document
changed, it rings for `build_release` (asset `warehouse://changes`) and for whoever follows the feed
(asset `warehouse://feed/<feed>`). Claims are judged with their batch, in `ingest_claims`.

**When it runs.** When a run of `ingest_<feed>` has loaded something (asset `warehouse://loaded`),
when `watch_inbox` sees that a crash left something unjudged, and once an hour by the clock, because
asset events get lost.

**Safe to rerun**, at any time: a file is judged once, and what a crash left is judged by the next
run.

**Parameters**: none.

**Example.** After a rule that could not be judged was mended: trigger it, or wait for a minute.

**When it fails**

- `check_deliveries` red: a rule could not be judged, a list came in incomplete, or a feed has no
  contract any more. Files of other feeds are judged all the same (`docs/runbooks/task_failed.md`).
- A sender asks why a file is missing: `docs/runbooks/file_refused.md`.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import AssetOrTimeSchedule, CronTriggerTimetable, dag

from health_warehouse.orchestration.assets import LOADED
from health_warehouse.orchestration.defaults import DAG_ARGS
from health_warehouse.orchestration.feed_tasks import check_deliveries, report_changes
from health_warehouse.orchestration.tags import Tag


@dag(
    dag_id="validate_deliveries",
    schedule=AssetOrTimeSchedule(
        timetable=CronTriggerTimetable("30 * * * *", timezone="UTC", run_immediately=timedelta(0)),
        assets=[LOADED],
    ),
    doc_md=__doc__,
    tags=[Tag.IMPACT_FEEDS.value, Tag.LISTS.value],
    **DAG_ARGS | {"start_date": None},
)
def validate_deliveries() -> None:
    report_changes(check_deliveries())


validate_deliveries()
