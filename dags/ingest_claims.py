"""Take claim files (QĐ 130/4750/3176) from the inbox into the warehouse, checked.

**What it does.** It lists the files that senders left in the inbox, cuts them into
batches and, per batch, archives the bytes, loads them and applies the rules at the door. Refused
files and quarantined dossiers are handled outcomes: they are in `warehouse quarantine` with rule
and reason, and the run stays green. With nothing new, the run ends at the first task. When a
dossier changed, it rings for `build_release` (asset `warehouse://claims`).

**When it runs.** Every minute `watch_inbox` looks, and rings when something is there (asset
`warehouse://inbox`); and once an hour by the clock, because asset events get lost.

**Safe to rerun**, at any time and twice at once: the same bytes count once, and files that a crash
left unjudged are taken up by the next run.

**Parameters**

- `received_at` — when the files count as received: empty (their modification time, the default),
  `declared` (the sender's date NGAYLAP, for loading an archive of past months), or an instant with
  its offset. It decides which delivery of a dossier is the newer one.
- `dry_run` — list the batches in the log of `list_new_files` and load nothing.

**Example.** To load an archive of last year: copy it into the inbox with this DAG paused, trigger
it with `{"received_at": "declared"}`, then unpause it.

**When it fails**

- `list_new_files` red: the inbox or the database cannot be reached
  (`docs/runbooks/task_failed.md`).
- `load_batch` red: a rule could not be judged, or a batch came in incomplete
  (`docs/runbooks/task_failed.md`). Other batches and the marts go on.
- `SourceDenied`, or an inbox on an SFTP server or in S3: `docs/runbooks/inbox_elsewhere.md`.
- A sender asks why a file is missing: `docs/runbooks/file_refused.md`.
"""

from __future__ import annotations

from airflow.sdk import AssetOrTimeSchedule, CronTriggerTimetable, Param, dag

from health_warehouse.orchestration.assets import INBOX
from health_warehouse.orchestration.claim_tasks import list_new_files, load_batch, report_changes
from health_warehouse.orchestration.defaults import DAG_ARGS
from health_warehouse.orchestration.tags import Tag


@dag(
    dag_id="ingest_claims",
    schedule=AssetOrTimeSchedule(
        timetable=CronTriggerTimetable("0 * * * *", timezone="UTC"), assets=[INBOX]
    ),
    doc_md=__doc__,
    tags=[Tag.IMPACT_FEEDS.value, Tag.CLAIMS.value],
    params={
        "received_at": Param(
            None,
            type=["null", "string"],
            pattern=r"^$|^declared$|^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?([+-]\d{2}:\d{2}|Z)$",
            title="Received at",
            description="Empty: the file's modification time. `declared`: the sender's date "
            "(NGAYLAP). Or an instant such as 2026-01-31T08:00+07:00.",
        ),
        "dry_run": Param(
            False, type="boolean", title="Dry run", description="List the batches, load nothing."
        ),
    },
    **DAG_ARGS,
)
def ingest_claims() -> None:
    manual = load_batch.function.__doc__  # Airflow shows the docstring of unmapped tasks only
    report_changes(load_batch.override(doc_md=manual).expand(batch=list_new_files()))


ingest_claims()
