"""What decides what a mart holds beside the deliveries: files, reference lists, keys.

Each build notes the project that it was made by (ops.projects). Another one than the newest build's
makes a build due, and what of it changed can be said. Whether that build is a full one is decided
by the fingerprints of its models (fingerprints.py): texts that people read are in none of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, text

from health_warehouse.release import dbt, fingerprints

_LISTS = "the reference lists"
_KEYS = "the keys of persons"
_GONE = " (gone)"
_NAMED_AT_MOST = 5
_REFERENCE = text("select content_hash from ref.loaded")
_NEWEST_KEYS = text("select max(rekeying_id) from ops.rekeyings")
_NEWEST_BUILD = text(
    """
    select builds.project_hash, projects.inputs
    from ops.builds as builds
    left join ops.projects as projects using (project_hash)
    order by builds.build_id desc
    limit 1
    """
)
_NOTE = text(
    "insert into ops.projects (project_hash, inputs) values (:project_hash, cast(:inputs as jsonb))"
    " on conflict do nothing"
)
_FUNCTIONS = text(
    "select proname, string_agg(pg_get_functiondef(oid), ';' order by oid::regprocedure::text)"
    " from pg_proc where pronamespace = 'raw'::regnamespace and prokind = 'f' group by proname"
)
_VIEWS = text(
    "select relnamespace::regnamespace::text || '.' || relname, pg_get_viewdef(oid)"
    " from pg_class where relkind = 'v'"
    " and relnamespace in ('raw'::regnamespace, 'ref'::regnamespace, 'ops'::regnamespace)"
)
_NOTED_MODELS = text(
    "select model, fingerprint from ops.model_fingerprints where project_hash ="
    " (select project_hash from ops.builds order by build_id desc limit 1)"
)
_NOTE_MODELS = text(
    "insert into ops.model_fingerprints (project_hash, model, fingerprint)"
    " values (:project_hash, :model, :fingerprint) on conflict do nothing"
)


@dataclass(frozen=True)
class Project:
    """`inputs` maps each file, by its path from the root, and the lists and keys to a hash."""

    inputs: Mapping[str, str]

    @property
    def hash(self) -> str:
        said = "".join(f"{name} {content}\n" for name, content in sorted(self.inputs.items()))
        return sha256(said.encode()).hexdigest()


def present_project(connection: Connection) -> Project:
    """As the files lie here and the database is now.

    Facts hold keys of the reference lists and of persons: others change rows that no delivery
    touched.
    """
    inputs = dict(dbt.project_files())
    inputs[_LISTS] = str(connection.execute(_REFERENCE).scalar_one_or_none())
    inputs[_KEYS] = str(connection.execute(_NEWEST_KEYS).scalar_one())
    return Project(inputs)


def note_project(connection: Connection, project: Project) -> None:
    """Keep what it was made of; noting it twice does no harm."""
    connection.execute(
        _NOTE, {"project_hash": project.hash, "inputs": json.dumps(dict(project.inputs))}
    )


def changes_since_newest_build(connection: Connection, project: Project) -> list[str]:
    """What of the project is not as the newest build had it; empty before the first build."""
    newest = connection.execute(_NEWEST_BUILD).one_or_none()
    if newest is None or newest.project_hash == project.hash:
        return []
    if newest.inputs is None:  # it was built before projects were noted
        return ["the models or the reference lists"]
    return differences(newest.inputs, project.inputs)


def model_fingerprints(connection: Connection, manifest: Mapping[str, Any]) -> dict[str, str]:
    """By model, of a manifest of dbt and the functions and views that the database has."""
    functions = {row[0]: row[1] for row in connection.execute(_FUNCTIONS)}
    views = {row[0]: row[1] for row in connection.execute(_VIEWS)}
    database = fingerprints.DatabaseCode(functions, views)
    return fingerprints.Project(manifest, dbt.variables(), database).fingerprints()


def note_fingerprints(
    connection: Connection, project_hash: str, of_models: Mapping[str, str]
) -> None:
    """Keep them beside the project, which must be noted; noting them twice does no harm."""
    rows = [
        {"project_hash": project_hash, "model": model, "fingerprint": fingerprint}
        for model, fingerprint in of_models.items()
    ]
    connection.execute(_NOTE_MODELS, rows)


def noted_fingerprints(connection: Connection) -> dict[str, str]:
    """Those of the project of the newest build; empty when none were noted."""
    return {row.model: row.fingerprint for row in connection.execute(_NOTED_MODELS)}


def is_of_files(changed: Iterable[str]) -> bool:
    """Whether nothing but files changed: lists and keys are in every row, and in no fingerprint."""
    return not {_LISTS, _KEYS} & {name.removesuffix(_GONE) for name in changed}


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The names of what is new, gone or has other content, sorted; gone ones are said to be."""
    differing = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return sorted(name if name in after else f"{name}{_GONE}" for name in differing)


def in_short(changed: list[str]) -> str:
    """One line, however much changed."""
    named = ", ".join(changed[:_NAMED_AT_MOST])
    others = len(changed) - _NAMED_AT_MOST
    return f"{named} and {others} more" if others > 0 else named
