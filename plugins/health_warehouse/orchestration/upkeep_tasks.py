"""Tasks of `maintain_warehouse`."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from airflow.sdk import task

from health_warehouse.errors import WarehouseError
from health_warehouse.maintenance.names import StepName
from health_warehouse.orchestration.failures import told_plainly
from health_warehouse.orchestration.task_settings import task_settings
from health_warehouse.services.airflow_pools import UPKEEP_POOL

log = logging.getLogger(__name__)
_DRY_RUN = 0  # no run has this id


@task(pool=UPKEEP_POOL.name, execution_timeout=timedelta(minutes=5))
@told_plainly
def prepare_maintenance(params: dict[str, Any] | None = None) -> int:
    """Open a run in ops.maintenance_runs and return its id; in a dry run, none is opened."""
    from health_warehouse.maintenance.record import open_run

    return _DRY_RUN if (params or {}).get("dry_run") else open_run(task_settings())


@task.branch(pool=UPKEEP_POOL.name, execution_timeout=timedelta(minutes=5))
@told_plainly
def list_steps(params: dict[str, Any] | None = None) -> list[str]:
    """All steps, or the one that was asked for; the others are skipped."""
    only = (params or {}).get("only")
    return [only] if only else [str(name) for name in StepName]


@task(pool=UPKEEP_POOL.name, execution_timeout=timedelta(minutes=30))
@told_plainly
def maintain_step(step: str, record_id: int) -> dict[str, Any]:
    """Do one step, or in a dry run say what it would remove. Returns what went."""
    from health_warehouse.maintenance.run import preview_step, run_step, tell

    name, settings = StepName(step), task_settings()
    if record_id == _DRY_RUN:
        result = preview_step(settings, name)
    else:
        result = run_step(settings, record_id, name, log.info)
    log.info("%s", tell(result))
    return result.as_dict()


@task(pool=UPKEEP_POOL.name, execution_timeout=timedelta(minutes=5))
@told_plainly
def check_vacuum() -> int:
    """Look whether vacuum keeps up; red when work is at risk. Returns the number of findings."""
    from health_warehouse.doctor.vacuuming import all_checks

    findings = list(all_checks(task_settings()))
    for finding in findings:
        log.warning("%s: %s; remedy: %s", finding.level, finding.what, finding.remedy)
    errors = [finding for finding in findings if finding.level == "error"]
    if errors:
        raise WarehouseError("; ".join(f"{one.what}; remedy: {one.remedy}" for one in errors))
    return len(findings)
