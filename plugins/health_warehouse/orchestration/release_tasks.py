"""Tasks of `build_release`."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import task
from airflow.sdk.exceptions import AirflowSkipException

from health_warehouse.errors import BuildFailed, CheckError, PublishConflict
from health_warehouse.orchestration.assets import RELEASE
from health_warehouse.orchestration.failures import told_plainly
from health_warehouse.orchestration.task_settings import task_settings
from health_warehouse.orchestration.time_limits import LONGEST, within_limit
from health_warehouse.services.airflow_pools import RELEASE_POOL

if TYPE_CHECKING:
    from airflow.sdk.types import DagRunProtocol

    from health_warehouse.release.exchange import TablePlan
    from health_warehouse.release.steps import Layer
    from health_warehouse.settings import Settings

log = logging.getLogger(__name__)


@task.short_circuit(pool=RELEASE_POOL.name, execution_timeout=timedelta(minutes=5))
@told_plainly
def has_changes(
    params: dict[str, Any] | None = None, dag_run: DagRunProtocol | None = None
) -> bool:
    """Read the ledger: is there anything to build? If not, the run ends here, green."""
    from health_warehouse.landing.scope import Scope
    from health_warehouse.landing.senders import require_sender
    from health_warehouse.release.due import decide, situation
    from health_warehouse.release.rebuild import note, preview

    settings, asked = task_settings(), params or {}
    scope = Scope.of(asked.get("facility"), asked.get("first_day"), asked.get("last_day"))
    if scope is not None:
        require_sender(settings, asked.get("facility"))
        if asked.get("dry_run"):
            for one in preview(settings, scope):
                log.info(
                    "dry run, facility %s: %s dossiers, %s lines would be built anew",
                    one.facility_id,
                    one.dossiers,
                    one.lines,
                )
            return False
        log.info("%s dossiers are built anew", note(settings, scope))
    decision = decide(
        situation(settings),
        full=bool((params or {}).get("full_rebuild")),
        by_person=dag_run is not None and dag_run.run_type == "manual",
    )
    log.info("%s: %s", "build" if decision.is_due else "nothing to build", decision.reason)
    return decision.is_due


@task(pool=RELEASE_POOL.name)
@told_plainly
def prepare_build(
    params: dict[str, Any] | None = None, dag_run: DagRunProtocol | None = None
) -> int:
    """Open a build: fix the stretch of changes that it covers. Returns its id."""
    from health_warehouse.release.build import prepare
    from health_warehouse.release.build_runs import note_run

    settings, asked = task_settings(), params or {}
    build = prepare(
        settings, bool(asked.get("full_rebuild")), is_dry_run=bool(asked.get("dry_run"))
    )
    if dag_run is not None:
        note_run(settings, build.build_id, dag_run.run_id)
    log.info(
        "build %s covers the changes %s to %s",
        build.build_id,
        build.from_change_id,
        build.to_change_id,
    )
    return build.build_id


@task(pool=RELEASE_POOL.name, execution_timeout=LONGEST)
@told_plainly
def build_staging(build_id: int) -> int:
    """Run dbt's staging models."""
    return _run_layer(build_id, "staging")


@task(pool=RELEASE_POOL.name, execution_timeout=LONGEST)
@told_plainly
def build_intermediate(build_id: int) -> int:
    """Run dbt's intermediate models, with their tests."""
    return _run_layer(build_id, "intermediate")


@task(pool=RELEASE_POOL.name, execution_timeout=LONGEST)
@told_plainly
def build_marts(build_id: int) -> int:
    """Run dbt's mart models into `candidate`, with their tests; the build is then complete."""
    from health_warehouse.release.build import finish

    _run_layer(build_id, "marts")
    with _unless_overtaken(task_settings(), build_id):
        finish(task_settings(), build_id)
    return build_id


@task(pool=RELEASE_POOL.name, execution_timeout=LONGEST)
@told_plainly
def audit_candidate(build_id: int) -> int:
    """The gate: red, naming the rule, when a critical promise to readers is broken.

    Nothing changes for readers then. A broken warning is a notice on the release.
    """
    from health_warehouse.quality.marts import audit

    settings = task_settings()
    with _unless_overtaken(settings, build_id), within_limit(settings, build_id):
        report = audit(settings, build_id)
    for outcome in report.outcomes:
        log.info("%s %s", outcome.rule.id, outcome.state)
    return build_id


@task(pool=RELEASE_POOL.name, outlets=[RELEASE], execution_timeout=LONGEST)
@told_plainly
def publish_release(
    build_id: int,
    params: dict[str, Any] | None = None,
    outlet_events: Mapping[Any, Any] | None = None,
) -> int:
    """Publish the audited candidate in one transaction. Returns the release id.

    Rings for whoever is scheduled on asset `warehouse://release`; the event holds `release_id` and
    `build_id`.

    Skipped, with the reason in the log: in a dry run, which shows the plan; while publishing is
    on hold; and when another publisher was faster, because the next run builds on its release.
    """
    from health_warehouse.release.due import publish_hold
    from health_warehouse.release.publish import plan, publish

    settings = task_settings()
    is_dry_run = bool((params or {}).get("dry_run"))
    hold = publish_hold(settings)
    if hold and not is_dry_run:
        raise AirflowSkipException(
            f"build {build_id} passed, but {hold}; `warehouse publish --resume` publishes it"
        )
    try:
        if is_dry_run:
            _show_plan(plan(settings, build_id))
            raise AirflowSkipException(f"dry run: build {build_id} passed and was not published")
        with within_limit(settings, build_id):
            release = publish(settings, build_id)
    except PublishConflict as conflict:
        raise AirflowSkipException(f"{conflict}; the next run builds on it") from None
    log.info("build %s: readers see release %s", build_id, release.release_id)
    if outlet_events is not None:
        outlet_events[RELEASE].extra = {"release_id": release.release_id, "build_id": build_id}
    return release.release_id


def _show_plan(plans: list[TablePlan]) -> None:
    for one in plans:
        log.info(
            "dry run, %s: %s rows would go, %s come",
            one.mart,
            one.rows_to_delete,
            one.rows_to_insert,
        )


def _run_layer(build_id: int, layer: Layer) -> int:
    from health_warehouse.release.build import run_layer

    settings = task_settings()
    with _unless_overtaken(settings, build_id), within_limit(settings, build_id):
        run_layer(settings, build_id, layer)
    return build_id


@contextmanager
def _unless_overtaken(settings: Settings, build_id: int) -> Iterator[None]:
    """End the run, skipped and not red, when another builder opened a newer build meanwhile.

    That is a person at the command line: of this DAG there is one run at a time. Nothing is lost,
    for the newer build covers every change of this one.
    """
    from health_warehouse.release.due import newest_build_id

    try:
        yield
    except (BuildFailed, CheckError):
        newest = newest_build_id(settings)
        if newest == build_id:
            raise
        raise AirflowSkipException(
            f"build {build_id} was overtaken by build {newest}, which covers its changes"
        ) from None
