"""List the inbox every minute for all feeds, and ring for each that has something new.

**What it does.** It lists the inbox once, compares it with the ledger, and notes in `ops.arrivals`
how many new files each feed has, by their names. It loads nothing. It starts `ingest_<feed>` for
each feed that has a new file (asset `warehouse://inbox/<feed>`), and `validate_deliveries` when a
crash left lists unjudged (asset `warehouse://loaded`). So the grid of `ingest_<feed>` shows runs
that had work; the empty minutes are shown here.

**Safe to rerun**, at any time: it loads nothing. While a run of `ingest_<feed>` waits or is at work
it does not ring for it; the next minute looks again, so a ring that is lost costs a minute.

**Parameters**: none.

**Example.** To stop taking files of a feed in, pause its `ingest_<feed>`, not this DAG: a paused
DAG hears no ring, and the files wait.

**When it fails**

- `has_new_files` red: the inbox or the database cannot be reached, or a contract of the folder
  WAREHOUSE_FEEDS is wrong; the log names file and line (`docs/runbooks/task_failed.md`). Each
  `ingest_<feed>` also looks once an hour by itself.
- An inbox on an SFTP server or in S3: `docs/runbooks/inbox_elsewhere.md`.
"""

from __future__ import annotations

from airflow.sdk import dag

from health_warehouse.orchestration.defaults import DAG_ARGS
from health_warehouse.orchestration.inbox_tasks import has_new_files, report_new_files
from health_warehouse.orchestration.tags import Tag


@dag(
    dag_id="watch_inbox",
    schedule="* * * * *",
    doc_md=__doc__,
    tags=[Tag.IMPACT_FEEDS.value],
    **DAG_ARGS,
)
def watch_inbox() -> None:
    report_new_files(has_new_files())


watch_inbox()
