"""Keep the logs of services and tasks from filling the disk.

**What it does.** Once a night it empties each service log (Airflow's processes, Postgres) above
16 MB, keeping its last 4 MB beside it as `<name>.1`, and deletes the logs of tasks that are older
than 30 days. With a run every minute these are some 1,500 files a day.

**Safe to rerun**, at any time: what is small and young stays.

**Parameters**

- `keep_days` — how old a task's log may become, in days.
- `dry_run` — say in the log of `trim_logs` what would go, and keep everything.

**Example.** When the disk is nearly full, trigger with `{"keep_days": 3}`.

**When it fails**

- `trim_logs` red: a log cannot be written or deleted (`docs/runbooks/task_failed.md`). Nothing else
  depends on it, until the disk is full.
"""

from __future__ import annotations

from airflow.sdk import Param, dag

from health_warehouse.orchestration.defaults import DAG_ARGS
from health_warehouse.orchestration.tags import Tag
from health_warehouse.orchestration.upkeep_tasks import trim_logs


@dag(
    dag_id="maintain_logs",
    schedule="30 19 * * *",  # UTC: 02:30 in Ho Chi Minh City
    doc_md=__doc__,
    tags=[Tag.IMPACT_UPKEEP.value],
    params={
        "keep_days": Param(
            30,
            type="integer",
            minimum=1,
            title="Keep days",
            description="Logs of tasks older than this are deleted.",
        ),
        "dry_run": Param(
            False, type="boolean", title="Dry run", description="Say what would go, keep all."
        ),
    },
    **DAG_ARGS,
)
def maintain_logs() -> None:
    trim_logs()


maintain_logs()
