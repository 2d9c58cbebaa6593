"""Build the marts beside the published ones, audit them, publish them as one whole.

**What it does.** dbt builds the changed dossiers and all that they affect into schema `candidate`,
layer by layer; the audit checks the promises to readers; publishing moves the difference into
`marts` in one transaction. Readers see the old release or the new one, never a mix, and are
never blocked.

**When it runs.** When documents of a feed changed (asset `warehouse://changes`), and every five
minutes by the clock, because asset events get lost: `has_changes` ends the run, green, if neither
the ledger nor the project (models, seeds, reference lists) changed since the last build. A
corrected text rebuilds nothing; a changed model is made anew with all that reads it. A full build
of more than `WAREHOUSE_FULL_BUILD_ROWS` lines waits for `WAREHOUSE_FULL_BUILD_HOURS`. A run that a
person triggers does the same work as a scheduled one; it waits for no hours, and it builds a held
build again, which the clock leaves alone until something changes.

**Safe to rerun.** A build covers all that changed since the published release, however many builds
were held or killed in between.

**Parameters**

- `full_rebuild` — build every dossier from scratch, not only the changed ones; a change of a model
  does so by itself. What is published is still only what differs.
- `facility`, `first_day`, `last_day` — beside what changed, build the dossiers of this facility
  (MACSKCB) anew whose care ended in these days; each of the three may be left empty.
- `dry_run` — build and audit, show in the log of `publish_release` how many rows each table would
  lose and gain, and publish nothing. With a facility or days: only say in the log of `has_changes`
  what would be built anew. What was delivered is built and published by the clock as ever.

**Example.** A corrected model is built and published by the clock. To see first what it changes:
pause this DAG, deploy the model, run `warehouse build`, `warehouse audit` and
`warehouse publish --dry-run`, then `warehouse publish`; unpause.

**When it fails**

- `audit_candidate` red: the release is held, readers keep the last good one; the log names the rule
  (`docs/runbooks/release_held.md`).
- `publish_release` skipped: publishing is on hold after a roll-back
  (`docs/runbooks/rollback_and_resume.md`), or it was a dry run.
- `has_changes` red: a facility was named that never sent anything; check the code (MACSKCB).
- Any other task red: `docs/runbooks/task_failed.md`.
"""

from __future__ import annotations

from airflow.sdk import AssetOrTimeSchedule, CronTriggerTimetable, Param, dag

from health_warehouse.orchestration.assets import CHANGES
from health_warehouse.orchestration.defaults import DAG_ARGS
from health_warehouse.orchestration.release_tasks import (
    audit_candidate,
    build_intermediate,
    build_marts,
    build_staging,
    has_changes,
    prepare_build,
    publish_release,
)
from health_warehouse.orchestration.tags import Tag


@dag(
    dag_id="build_release",
    schedule=AssetOrTimeSchedule(
        timetable=CronTriggerTimetable("*/5 * * * *", timezone="UTC"), assets=[CHANGES]
    ),
    doc_md=__doc__,
    tags=[Tag.IMPACT_READERS.value, Tag.MARTS.value],
    params={
        "full_rebuild": Param(
            False,
            type="boolean",
            title="Full rebuild",
            description="Build every dossier from scratch, not only the changed ones.",
        ),
        "facility": Param(
            None,
            type=["null", "string"],
            pattern=r"^[0-9A-Za-z]{0,20}$",
            title="Facility",
            description="Build its dossiers anew, too (MACSKCB).",
        ),
        "first_day": Param(
            None,
            type=["null", "string"],
            format="date",
            title="First day",
            description="Only those whose care ended on this day or later.",
        ),
        "last_day": Param(
            None,
            type=["null", "string"],
            format="date",
            title="Last day",
            description="Only those whose care ended on this day or earlier.",
        ),
        "dry_run": Param(
            False,
            type="boolean",
            title="Dry run",
            description="Build, audit and show the plan of what would change; publish nothing.",
        ),
    },
    **DAG_ARGS,
)
def build_release() -> None:
    build = prepare_build()
    has_changes() >> build
    publish_release(audit_candidate(build_marts(build_intermediate(build_staging(build)))))


build_release()
