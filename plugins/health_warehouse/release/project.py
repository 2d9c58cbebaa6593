"""What decides what a mart holds beside the deliveries: files, reference lists, keys.

Each build notes the project that it was made by (ops.projects). Another one than the newest build's
makes a build due, and a full one, and what of it changed can be said.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, text

from health_warehouse.release import dbt

_LISTS = "the reference lists"
_KEYS = "the keys of persons"
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


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The names of what is new, gone or has other content, sorted; gone ones are said to be."""
    differing = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return sorted(name if name in after else f"{name} (gone)" for name in differing)


def in_short(changed: list[str]) -> str:
    """One line, however much changed."""
    named = ", ".join(changed[:_NAMED_AT_MOST])
    others = len(changed) - _NAMED_AT_MOST
    return f"{named} and {others} more" if others > 0 else named
