"""Read archived files again with today's parser and rules, in place of what was read before.

**What it does.** After the parser or a rule was mended, it reads the archived bytes of a facility,
a period or both again, loads the new reading beside the former one, and judges it. Dossier by
dossier the new reading then counts instead of the former, and `build_release` is rung for. A file
that today's parser refuses stays as it was read before. Check-ins are not read again.

**Safe to rerun**, at any time: until a new reading is judged the former one counts, and files that
a crash left unjudged are taken up by the next run of `ingest_claims`.

**Parameters**

- `facility` — only files of this facility (MACSKCB); empty: of all.
- `first_day`, `last_day` — only files received on these days (local, both included); each may be
  left empty, but not all three.
- `dry_run` — on unless switched off: parse the files and say in the log of `list_read_files`, per
  facility, how many files, dossiers and lines would be read, and were read before. Write nothing.

**Example.** `{"facility": "79001", "first_day": "2026-03-01", "last_day": "2026-05-31"}` says what
would change; with `"dry_run": false` it is done.

**When it fails**

- `list_read_files` red: no facility and no day was named, or one that never sent anything, or the
  archive cannot be reached (`docs/runbooks/task_failed.md`).
- `load_files_again` red: a rule could not be judged, or the archive is away
  (`docs/runbooks/task_failed.md`). Other batches go on.
- What reading again does and does not change: `docs/runbooks/misread_files.md`.
"""

from __future__ import annotations

from airflow.sdk import Param, dag

from health_warehouse.orchestration.defaults import DAG_ARGS
from health_warehouse.orchestration.feed_tasks import report_changes
from health_warehouse.orchestration.reingest_tasks import list_read_files, load_files_again
from health_warehouse.orchestration.tags import Tag


@dag(
    dag_id="reingest_claims",
    schedule=None,
    doc_md=__doc__,
    tags=[Tag.IMPACT_FEEDS.value, Tag.CLAIMS.value],
    params={
        "facility": Param(
            None,
            type=["null", "string"],
            pattern=r"^[0-9A-Za-z]{0,20}$",
            title="Facility",
            description="Only its files (MACSKCB); empty: of all.",
        ),
        "first_day": Param(
            None,
            type=["null", "string"],
            format="date",
            title="First day",
            description="Only files received on this day or later.",
        ),
        "last_day": Param(
            None,
            type=["null", "string"],
            format="date",
            title="Last day",
            description="Only files received on this day or earlier.",
        ),
        "dry_run": Param(
            True,
            type="boolean",
            title="Dry run",
            description="Say what would change, write nothing.",
        ),
    },
    **DAG_ARGS,
)
def reingest_claims() -> None:
    manual = load_files_again.function.__doc__  # Airflow shows it of unmapped tasks only
    report_changes(load_files_again.override(doc_md=manual).expand(batch=list_read_files()))


reingest_claims()
