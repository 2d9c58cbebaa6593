"""Tasks of `reingest_claims`; its last one is that of `ingest_claims`, too."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from airflow.sdk import task

from health_warehouse.orchestration.failures import told_plainly
from health_warehouse.orchestration.task_settings import task_settings
from health_warehouse.services.airflow_pools import LANDING_POOL

log = logging.getLogger(__name__)


@task(
    pool=LANDING_POOL.name,
    execution_timeout=timedelta(hours=2),
    show_return_value_in_logs=False,  # the hashes of all files
)
@told_plainly
def list_read_files(params: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """Choose the files to read again, in batches; in a dry run parse them, and say what changes."""
    from health_warehouse.landing.read_again import chosen_files, preview
    from health_warehouse.landing.reingest import FILES_AT_ONCE
    from health_warehouse.landing.scope import Scope
    from health_warehouse.landing.senders import require_sender

    asked = params or {}
    scope = Scope.required(asked.get("facility"), asked.get("first_day"), asked.get("last_day"))
    settings = task_settings()
    require_sender(settings, asked.get("facility"))
    if asked.get("dry_run"):
        for facility_id, change in preview(settings, scope).items():
            log.info("dry run, facility %s: %s", facility_id or "unknown", change)
        return []
    files = chosen_files(settings, scope)
    log.info("%s files are read again", len(files))
    groups = [files[start : start + FILES_AT_ONCE] for start in range(0, len(files), FILES_AT_ONCE)]
    return [
        {"title": f"batch {number} of {len(groups)}: {len(group)} files", "files": group}
        for number, group in enumerate(groups, start=1)
    ]


@task(
    pool=LANDING_POOL.name,
    execution_timeout=timedelta(hours=1),
    map_index_template="{{ task.op_kwargs['batch']['title'] }}",
)
@told_plainly
def load_files_again(batch: dict[str, Any]) -> dict[str, int]:
    """Read the files of one batch again and judge them. Files that an attempt before this one read
    are passed over: what it left unjudged is judged by the next run of `ingest_claims`."""
    from health_warehouse.landing.reingest import ReingestReport, reingest_files

    report = ReingestReport()
    files = [(int(file_id), str(digest)) for file_id, digest in batch["files"]]
    reingest_files(task_settings(), files, report)
    log.info("%s: %s", batch["title"], report)
    return {"files": report.files, "changed_dossiers": report.changed_dossiers}
