"""Remove what is older than its bound, renew statistics, look whether vacuum keeps up.

**What it does.** Once a night, step by step: files of the archive and rows of `raw` that nothing
counts any more, what old releases replaced, old results of rules, incidents and alerts, logs,
Airflow's own history; then the planner's statistics. Bounds are the settings
`WAREHOUSE_KEEP_…_DAYS`; files and rows of senders are kept for ever unless somebody sets one. What
conservation, a rebuild or a roll-back needs stays, whatever the bounds say
(`docs/operations/maintenance.md`). What went is in `ops.maintenance_steps`, a row per run and step.

**Safe to rerun**, at any time: each step works in short transactions, gives way to others, and goes
on where it was killed. It ends after ten minutes; the rest is for the next night.

**Parameters**

- `only` — do this step alone; empty: all of them.
- `dry_run` — say in the log of each step what would go, and keep everything.

**Example.** To see what tonight would remove, trigger it with `{"dry_run": true}` and read the logs
of the steps. What another bound would remove is told in a terminal:
`WAREHOUSE_KEEP_REPLACED_DAYS=90 warehouse maintain --dry-run`.

**When it fails**

- `check_vacuum` red: autovacuum is off, or transaction ids run out; its log says what to do
  (`docs/runbooks/vacuum_behind.md`, `docs/runbooks/transaction_ids.md`).
- Any other task red: `docs/runbooks/maintenance_failed.md`. Nothing else depends on it, until a
  disk is full.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import CronTriggerTimetable, Param, dag

from health_warehouse.maintenance.names import WHAT, StepName
from health_warehouse.orchestration.defaults import DAG_ARGS
from health_warehouse.orchestration.tags import Tag
from health_warehouse.orchestration.upkeep_tasks import (
    check_vacuum,
    list_steps,
    maintain_step,
    prepare_maintenance,
)


@dag(
    dag_id="maintain_warehouse",
    # 02:30 in Ho Chi Minh City. Without `run_immediately` Airflow 3.3.2 also does, at its first
    # start, a night that is less than 2.4 hours past (a tenth of the interval).
    schedule=CronTriggerTimetable("30 19 * * *", timezone="UTC", run_immediately=timedelta(0)),
    doc_md=__doc__,
    tags=[Tag.IMPACT_UPKEEP.value],
    params={
        "only": Param(
            None,
            type=["null", "string"],
            enum=[None, *(str(name) for name in StepName)],
            title="Only",
            description="Do this step alone; empty: all of them.",
        ),
        "dry_run": Param(
            False, type="boolean", title="Dry run", description="Say what would go, keep all."
        ),
    },
    # With a start Airflow would do last night's run at once, beside the first deliveries.
    **DAG_ARGS | {"start_date": None},
)
def maintain_warehouse() -> None:
    run = prepare_maintenance()
    (
        run
        >> list_steps()
        >> [
            maintain_step.override(task_id=name.value, doc_md=WHAT[name])(name.value, run)
            for name in StepName
        ]
    )
    run >> check_vacuum()


maintain_warehouse()
