"""Must a build be full, or do changes alone bring the candidate up to date?

A build is full when no release is published, when the last full build is not what readers see, when
reference lists, keys or what a model computes changed, and when a relation is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from health_warehouse.errors import BuildFailed
from health_warehouse.release import dbt
from health_warehouse.release.builders import transformer
from health_warehouse.release.fingerprints import changed_models
from health_warehouse.release.project import (
    Project,
    changes_since_newest_build,
    in_short,
    is_of_files,
    model_fingerprints,
    noted_fingerprints,
    present_project,
)
from health_warehouse.settings import Settings


@dataclass(frozen=True)
class Choice:
    """Why the build is full, or what changed of the project that decides no row; and the
    fingerprints of the models when they were looked at. `models` are those that a full build makes
    anew, with all that read them; none when it makes all anew."""

    reason: str | None
    models: tuple[str, ...] = ()
    texts: str | None = None
    fingerprints: Mapping[str, str] | None = None


def why_full(settings: Settings) -> str | None:
    """Why a build that began now would be a full one; None when it would not."""
    relations = dbt.lasting_relations(settings)
    manifest = changed_manifest(settings)
    with transformer(settings) as connection:
        return choose(connection, present_project(connection), relations, manifest).reason


def changed_manifest(settings: Settings) -> Mapping[str, Any] | None:
    """What dbt makes of a project that is not as the newest build had it; None when it is, when
    there are no fingerprints to compare with, and when it does not parse.

    Files that are as they were cost nothing here.
    """
    with transformer(settings) as connection:
        changed = changes_since_newest_build(connection, present_project(connection))
        if not changed or not is_of_files(changed) or not noted_fingerprints(connection):
            return None
    try:
        return dbt.fresh_manifest(settings)
    except BuildFailed:  # the full build that follows says why
        return None


def choose(
    connection: Connection,
    project: Project,
    relations: Sequence[str] | None,
    manifest: Mapping[str, Any] | None,
) -> Choice:
    """Full, or by changes alone; `manifest` is that of a changed project."""
    if reason := _why_full_whatever_changed(connection):
        return Choice(reason)
    changed = changes_since_newest_build(connection, project)
    if changed and (manifest is None or not is_of_files(changed)):
        return Choice(f"changed: {in_short(changed)}")
    if relations is None:
        return Choice("no manifest of an earlier build")
    if missing := _missing(connection, relations):
        return Choice(f"missing: {missing}")
    if not changed or manifest is None:
        return Choice(None)
    of_models = model_fingerprints(connection, manifest)
    if models := changed_models(noted_fingerprints(connection), of_models):
        reason = f"changed: {in_short(changed)}; other rows in {in_short(models)}"
        return Choice(reason, tuple(name for name in models if name in of_models))
    return Choice(None, texts=in_short(changed), fingerprints=of_models)


def _missing(connection: Connection, relations: Sequence[str]) -> str | None:
    found: str | None = connection.execute(
        text(
            "select string_agg(name, ', ' order by name)"
            " from unnest(cast(:names as text[])) as name where to_regclass(name) is null"
        ),
        {"names": list(relations)},
    ).scalar_one()
    return found


def _why_full_whatever_changed(connection: Connection) -> str | None:
    """Why the candidate cannot be brought up to date by changes alone, be the project as it was."""
    last_full = connection.execute(
        text(
            """
            select
                fulls.built_at,
                exists (select 1 from ops.releases where status = 'current') as has_release,
                exists (
                    select 1 from ops.releases as current
                    where current.status = 'current' and (
                        current.build_id >= fulls.build_id
                        -- it was published and changed nothing
                        or fulls.status = 'published'
                        and fulls.base_release_id = current.release_id
                    )
                ) as is_published
            from ops.builds as fulls
            where fulls.is_full
            order by fulls.build_id desc
            limit 1
            """
        )
    ).one_or_none()
    if last_full is None or not last_full.has_release:
        return "nothing is published yet"
    if last_full.built_at is None:
        return "the last full build was not completed"
    if not last_full.is_published:
        # Held, killed before it was published, or rolled back: its rows may differ from those of
        # readers in any dossier, and an increment would neither audit nor publish those.
        return "the last full build is not what readers see"
    return None
