"""Build the candidate: the next release, made by dbt beside the published one.

A build covers the stretch (from_change_id, to_change_id] of ops.dossier_changes: all that changed
since the release now published. It is fixed when the build is opened, and each model is a function
of it, so a build that was killed is simply done again. Who may write is fenced twice: one layer
runs at a time (a lock that ends with the session), and the transaction of each model checks that
its build is still open (`require_open_build` in the dbt project), which a newer build ends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, text

from expectations import registry
from health_warehouse.database.turns import take
from health_warehouse.database.upgrades import require_upgraded
from health_warehouse.database.watchdog import watch
from health_warehouse.errors import BuildFailed
from health_warehouse.feeds.catalogue import catalogue
from health_warehouse.privacy.key_state import require_whole_keys
from health_warehouse.quality.relations import RuleNotJudged, replace_findings
from health_warehouse.quality.relations_of_feeds import relations_of_feeds
from health_warehouse.release import dbt
from health_warehouse.release.builders import alone, transformer
from health_warehouse.release.former_models import drop_former_models
from health_warehouse.release.full_builds import Choice, changed_manifest, choose
from health_warehouse.release.project import (
    model_fingerprints,
    note_fingerprints,
    note_project,
    present_project,
)
from health_warehouse.release.quiet_models import changed_feeds, quiet_models
from health_warehouse.release.steps import LAYERS, Layer, steps
from health_warehouse.settings import Settings


@dataclass(frozen=True)
class Build:
    """One row of ops.builds. `reason` says why it is full, None when it is incremental; `texts`
    which files of the project changed though no model makes other rows, None when none did."""

    build_id: int
    base_release_id: int | None
    from_change_id: int
    to_change_id: int
    is_full: bool
    status: str
    reason: str | None
    texts: str | None = None


def build(
    settings: Settings,
    full: bool = False,
    progress: Callable[[str], None] | None = None,
    *,
    is_upgrade: bool = False,
) -> Build:
    """Open a build, run all layers, complete it. `progress` is told each step.

    The layers are one run of dbt, whose start costs as much as a few small models.

    Raises BuildFailed naming the model or test, SourceUnavailable when the database is away.
    """
    report = progress or (lambda _step: None)
    opened = prepare(settings, full, is_upgrade=is_upgrade)
    report(f"build {opened.build_id} opened ({opened.reason or 'changed dossiers only'})")
    if opened.texts:
        report(f"no model makes other rows: {opened.texts}")
    _run(settings, opened.build_id, LAYERS, report)
    done = finish(settings, opened.build_id)
    return replace(done, reason=opened.reason, texts=opened.texts)


def prepare(
    settings: Settings, full: bool = False, *, is_dry_run: bool = False, is_upgrade: bool = False
) -> Build:
    """Open a build over all changes since the published release; it replaces any unpublished one.

    Waits for the model that an older builder is writing, and for a publication under way. Of a dry
    run it is noted that it is one: no clock publishes it. Raises ConfigurationError while an
    upgrade is due, but for the build that `is_upgrade`.
    """
    if not is_upgrade:
        require_upgraded(settings, "transformer")
    relations = dbt.lasting_relations(settings)
    watch(settings, "transformer")
    manifest = None if full else changed_manifest(settings)
    with transformer(settings) as connection:
        take(connection, "opening")
        require_whole_keys(connection)
        _replace_unpublished(connection)
        project = present_project(connection)
        choice = Choice("asked for")
        if not full:
            choice = choose(connection, project, relations, manifest)
        note_project(connection, project)
        if choice.reason is None and choice.fingerprints is not None:
            note_fingerprints(connection, project.hash, choice.fingerprints)
            dbt.keep_manifest(settings)  # its comments are published
        build_id: int = connection.execute(
            text(
                """
                insert into ops.builds (
                    base_release_id, from_change_id, to_change_id, is_full, status,
                    project_hash, message, is_dry_run, increment_from_change_id
                )
                select
                    current.release_id,
                    case when :is_full then 0 else current.to_change_id end,
                    (select change_id from ops.log_end),
                    :is_full,
                    'building',
                    :project_hash,
                    coalesce('full: ' || :reason, 'no model makes other rows: ' || :texts),
                    :is_dry_run,
                    case when :is_part then current.to_change_id end
                from (select 1) as one
                left join ops.releases as current on current.status = 'current'
                returning build_id
                """
            ),
            {
                "is_full": choice.reason is not None,
                "is_part": bool(choice.models),
                "project_hash": project.hash,
                "reason": choice.reason,
                "texts": choice.texts,
                "is_dry_run": is_dry_run,
            },
        ).scalar_one()
        _note_made_anew(connection, build_id, choice.models)
        return replace(_read(connection, build_id, choice.reason), texts=choice.texts)


def run_layer(settings: Settings, build_id: int, layer: Layer) -> None:
    """Run the models and tests of one layer and record how each went in ops.model_runs.

    Raises BuildFailed, naming the model or test, when one failed or when the build is no longer
    open; SourceUnavailable when the database went away, after which the layer may be run again.
    """
    if layer not in LAYERS:
        raise ValueError(f"unknown layer {layer!r}; one of {', '.join(LAYERS)}")
    _run(settings, build_id, (layer,))


def _run(
    settings: Settings,
    build_id: int,
    layers: Sequence[Layer],
    progress: Callable[[str], None] | None = None,
) -> None:
    with alone(settings) as connection:
        opened = _read(connection, build_id)
        connection.commit()
        _require_open(opened)
        parsed = None
        if opened.is_full and "staging" in layers:
            parsed = dbt.parse(settings)  # its manifest is kept
            of_models = model_fingerprints(connection, dbt.kept_manifest(settings))
            note_fingerprints(connection, _project_hash(connection, build_id), of_models)
            connection.commit()
        anew = _made_anew(connection, build_id)
        quiet = []
        if anew or not opened.is_full:
            quiet = quiet_models(dbt.kept_manifest(settings), changed_feeds(connection, build_id))
            connection.commit()
        for step in steps(layers, is_full=opened.is_full, anew=anew, quiet=quiet):
            runs = dbt.invoke(
                settings,
                step.command,
                build_id,
                is_increment=step.is_increment,
                parsed=parsed,
                progress=progress,
            )
            _require_success(connection, build_id, runs)


def _require_success(connection: Connection, build_id: int, runs: Sequence[dbt.NodeRun]) -> None:
    """Record them. Raises BuildFailed, and closes the build, when one failed."""
    _record(connection, build_id, runs)
    connection.commit()
    _require_open(_read(connection, build_id))  # else each model failed for this one reason
    if failed := [run for run in runs if run.is_failed]:
        message = "; ".join(f"{run.kind} {run.name}: {run.message}" for run in failed)
        _close(connection, build_id, "failed", message)
        connection.commit()
        raise BuildFailed(f"build {build_id}, {failed[0].layer}: {message}")


def finish(settings: Settings, build_id: int) -> Build:
    """Note that the candidate is complete, and replace the findings that compare dossiers.

    Both or neither. A full build also drops what former models left. Raises BuildFailed when the
    build is no longer open, and when a rule that compares dossiers cannot be judged, which closes
    the build.
    """
    try:
        with transformer(settings) as connection:
            if _close(connection, build_id, "built"):
                build = _read(connection, build_id)
                of_feeds = relations_of_feeds(
                    connection,
                    catalogue(settings),
                    after=build.from_change_id,
                    to=build.to_change_id,
                    is_full=build.is_full,
                )
                replace_findings(
                    connection,
                    build_id,
                    is_full=build.is_full,
                    whole=(*registry.WHOLE, *of_feeds),
                )
                if build.is_full:
                    drop_former_models(connection, dbt.present_relations(settings))
            else:
                found = _read(connection, build_id)
                if found.status != "built":  # a task that runs twice finds its own work done
                    _require_open(found)
            return _read(connection, build_id)
    except RuleNotJudged as error:
        with transformer(settings) as connection:
            _close(connection, build_id, "failed", str(error))
        raise


def _require_open(build: Build) -> None:
    if build.status == "superseded":
        raise BuildFailed(
            f"build {build.build_id} was overtaken: a newer one has begun, by Airflow or another "
            "terminal. Nothing is lost, the newer one holds all of it"
        )
    if build.status != "building":
        raise BuildFailed(f"build {build.build_id} is {build.status}, not open: build again")


def _replace_unpublished(connection: Connection) -> None:
    """Unpublished builds end here: their candidate is about to be written over.

    Every row is updated, a held build keeping its status, because the update waits for the model
    that holds its build open, and makes a publication of that build fail on the row it changed.
    """
    connection.execute(
        text(
            """
            update ops.builds
            set status = case when status = 'held' then 'held' else 'superseded' end
            where status in ('building', 'built', 'passed', 'held')
            """
        )
    )


def _note_made_anew(connection: Connection, build_id: int, models: Sequence[str]) -> None:
    connection.execute(
        text(
            "insert into ops.build_models (build_id, model)"
            " select :build_id, unnest(cast(:models as text[]))"
        ),
        {"build_id": build_id, "models": list(models)},
    )


def _made_anew(connection: Connection, build_id: int) -> list[str]:
    """The models that a full build makes anew; none when it makes all."""
    query = text("select model from ops.build_models where build_id = :build_id")
    return list(connection.execute(query, {"build_id": build_id}).scalars())


def _project_hash(connection: Connection, build_id: int) -> str:
    query = text("select project_hash from ops.builds where build_id = :build_id")
    return str(connection.execute(query, {"build_id": build_id}).scalar_one())


def _read(connection: Connection, build_id: int, reason: str | None = None) -> Build:
    row = connection.execute(
        text(
            "select build_id, base_release_id, from_change_id, to_change_id, is_full, status "
            "from ops.builds where build_id = :build_id"
        ),
        {"build_id": build_id},
    ).one_or_none()
    if row is None:
        raise BuildFailed(f"there is no build {build_id}")
    return Build(**row._mapping, reason=reason)


def _close(connection: Connection, build_id: int, status: str, message: str | None = None) -> bool:
    """Set the status of an open build; False when it is not open any more."""
    done = connection.execute(
        text(
            """
            update ops.builds set
                status = :status,
                message = coalesce(:message, message),
                built_at = case when :status = 'built' then clock_timestamp() end
            where build_id = :build_id and status = 'building'
            """
        ),
        {"build_id": build_id, "status": status, "message": message},
    )
    return done.rowcount == 1


def _record(connection: Connection, build_id: int, runs: Sequence[dbt.NodeRun]) -> None:
    """One row per model and seed, and per test that failed."""
    rows = [
        {
            "build_id": build_id,
            "model": run.name,
            "layer": run.layer,
            "status": run.status,
            "row_count": run.row_count,
            "seconds": run.seconds,
            "message": run.message if run.is_failed else None,
        }
        for run in runs
        if run.kind != "test" or run.is_failed
    ]
    if not rows:
        return
    connection.execute(
        text(
            """
            insert into ops.model_runs
                (build_id, model, layer, status, row_count, seconds, message)
            values (:build_id, :model, :layer, :status, :row_count, :seconds, :message)
            on conflict (build_id, model) do update set
                status = excluded.status,
                row_count = excluded.row_count,
                seconds = excluded.seconds,
                message = excluded.message
            """
        ),
        rows,
    )
