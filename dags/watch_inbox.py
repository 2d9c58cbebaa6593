"""Look into the inbox every minute, and ring for ingestion when something is there.

**What it does.** Lists the inbox and the ledger, as `ingest_claims` does, and loads nothing. When
files are new, or a crash left some unjudged, it rings for `ingest_claims` (asset
`warehouse://inbox`). So runs of `ingest_claims` are those that have work, and can be found in its
grid; the empty minutes are here.

**Safe to rerun**, at any time: it changes nothing. While a run of `ingest_claims` waits or is at
work it does not ring; the next minute looks again, so a ring that is lost costs a minute.

**Parameters**: none.

**Example.** To stop taking files in, pause `ingest_claims`, not this DAG: a paused DAG hears no
ring, and the files wait.

**When it fails**

- `has_new_files` red: the inbox or the database cannot be reached
  (`docs/runbooks/task_failed.md`). `ingest_claims` also looks once an hour by itself.
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
    tags=[Tag.IMPACT_FEEDS.value, Tag.CLAIMS.value],
    **DAG_ARGS,
)
def watch_inbox() -> None:
    has_new_files() >> report_new_files()


watch_inbox()
