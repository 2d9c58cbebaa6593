"""How long a task of a build may take: an hour, and as much more as its build has rows.

A task has one limit when its DAG is parsed, where nothing may be asked of the database. That one is
the longest that any warehouse needs; the limit by rows is set when the task runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from health_warehouse.settings import Settings

LONGEST = timedelta(days=14)
_AT_LEAST = timedelta(hours=1)
# A tenth of what was measured on two cores: a limit is for what hangs, not for what is slow.
_LINES_A_SECOND = 1_000
_LINES = """
    select
        case
            when builds.is_full then (select sum(line_count) from ops.files)
            else (
                select sum(versions.line_count)
                from ops.dossier_changes as changes
                join ops.dossier_versions as versions
                    on versions.file_id = changes.new_file_id
                    and versions.position = changes.new_position
                where changes.change_id > builds.from_change_id
                    and changes.change_id <= builds.to_change_id
            )
        end
    from ops.builds as builds
    where builds.build_id = :build_id
"""


def limit(settings: Settings, build_id: int) -> timedelta:
    """For one task of a build."""
    from sqlalchemy import text

    from health_warehouse.database.connections import engine

    with engine(settings, "transformer").connect() as connection:
        lines = connection.execute(text(_LINES), {"build_id": build_id}).scalar_one_or_none()
    return min(_AT_LEAST + timedelta(seconds=int(lines or 0) // _LINES_A_SECOND), LONGEST)


@contextmanager
def within_limit(settings: Settings, build_id: int) -> Iterator[None]:
    """Raises AirflowTaskTimeout when the block takes longer than `limit`."""
    from airflow.sdk.execution_time.timeout import timeout

    allowed = limit(settings, build_id)
    with timeout(
        int(allowed.total_seconds()),
        error_message=f"build {build_id}: the task took longer than {allowed}, its limit by rows",
    ):
        yield
