"""Whether Airflow reads the files of DAGs: what it does not read does not run, without a word.

A file with an error is in `import_error`. One that takes too long to import is killed and is
nowhere: its DAGs keep the time of their last reading and become stale. A new one has no row at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from health_warehouse.alerting.conditions import Condition, Kind, Reading

# A file is read every half minute; on a busy machine it may take some minutes.
UNREAD_AFTER = timedelta(minutes=5)
_MARKS = (b"airflow", b"dag")  # Airflow passes over files without them

_READ = """
select relative_fileloc as name, max(last_parsed_time) as read_at
from dag where relative_fileloc is not null group by relative_fileloc
"""
_ERRORS = "select filename as name, timestamp as told_at, stacktrace from import_error"


@dataclass(frozen=True)
class UnreadFile:
    """`error` is the last line of what Python said, empty when the file is only not read."""

    name: str
    since: datetime
    error: str = ""


def unread_files(
    metadata: psycopg.Connection[Any], watching_since: datetime, folder: Path
) -> list[UnreadFile]:
    """Files of `folder` whose DAGs do not run, by name.

    A silence counts from `watching_since` on, and from the time when the file was written.
    """
    read = {row.name: row.read_at for row in metadata.execute(_READ).fetchall()}
    errors = {row.name: row for row in metadata.execute(_ERRORS).fetchall()}
    return list(_unread(folder, read, errors, watching_since))


def read_dag_files(
    metadata: psycopg.Connection[Any], watching_since: datetime, folder: Path
) -> Reading:
    """One condition for all such files: when nothing reads files, that is one cause."""
    kinds = frozenset({Kind.DAG_FILES_UNREAD})
    files = unread_files(metadata, watching_since, folder)
    if not files:
        return Reading((), kinds)
    return Reading(
        (
            Condition(
                "dag files",
                Kind.DAG_FILES_UNREAD,
                occurrence_count=1,
                first_at=min(file.since for file in files),
                last_at=datetime.now(UTC),
                reasons=tuple(file.name for file in files),
            ),
        ),
        kinds,
    )


def _unread(
    folder: Path,
    read: dict[str, datetime | None],
    errors: dict[str, Any],
    watching_since: datetime,
) -> Iterator[UnreadFile]:
    now = datetime.now(UTC)
    for path in sorted(folder.rglob("*.py")):
        name = path.relative_to(folder).as_posix()
        written_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        error = errors.get(name)
        if error is not None and error.told_at > written_at:
            yield UnreadFile(name, error.told_at, error.stacktrace.strip().splitlines()[-1])
            continue
        if name not in read and not _has_dags(path):
            continue
        since = max(read.get(name) or written_at, written_at, watching_since)
        if now - since > UNREAD_AFTER:
            yield UnreadFile(name, since)


def _has_dags(path: Path) -> bool:
    content = path.read_bytes().lower()
    return all(mark in content for mark in _MARKS)
