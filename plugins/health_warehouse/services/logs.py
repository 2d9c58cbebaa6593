"""Keep logs from filling the disk: those of services by size, those of tasks by age.

A service keeps its log open for as long as it runs, so the file is copied and emptied in place.
All of them append (O_APPEND), so what comes next is written at the new end. A line that comes
between copying and emptying is lost.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from health_warehouse.settings import Settings

MAX_BYTES = 16 * 1024**2
_KEPT_BYTES = 4 * 1024**2
_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


@dataclass(frozen=True)
class Trimmed:
    """Service logs that were emptied, task logs that were deleted, and bytes that this freed."""

    services: int
    tasks: int
    byte_count: int


def trim(settings: Settings, keep_days: int, dry_run: bool = False) -> Trimmed:
    """Empty the service logs above MAX_BYTES, delete the task logs older than `keep_days`.

    The last 4 MB of an emptied log stay beside it, as `<name>.1`.
    """
    large = [path for path in _service_logs(settings) if path.stat().st_size > MAX_BYTES]
    old = list(_task_logs_before(settings, datetime.now(UTC) - timedelta(days=keep_days)))
    found = sum(path.stat().st_size for path in (*large, *old))
    if not dry_run:
        for path in large:
            _empty(path)
        for path in old:
            path.unlink(missing_ok=True)
        _remove_empty_folders(settings.logs_dir / "airflow")
    return Trimmed(len(large), len(old), found - _KEPT_BYTES * len(large))


def _service_logs(settings: Settings) -> Iterator[Path]:
    yield from sorted(settings.logs_dir.glob("*.log"))
    server = settings.state / "postgres" / "server.log"
    if server.exists():
        yield server


def _task_logs_before(settings: Settings, moment: datetime) -> Iterator[Path]:
    for path in sorted((settings.logs_dir / "airflow").rglob("*.log")):
        if path.is_file() and path.stat().st_mtime < moment.timestamp():
            yield path


def _empty(path: Path) -> None:
    earlier = path.with_name(f"{path.name}.1")
    with path.open("rb") as log, os.fdopen(os.open(earlier, _NEW, 0o600), "wb") as copy:
        log.seek(-_KEPT_BYTES, os.SEEK_END)
        log.readline()  # a part of a line
        shutil.copyfileobj(log, copy)
    os.truncate(path, 0)


def _remove_empty_folders(folder: Path) -> None:
    """From the inside out; one that a task fills meanwhile stays."""
    for inside, _, _ in os.walk(folder, topdown=False):
        path = Path(inside)
        if path != folder and not any(path.iterdir()):
            try:
                path.rmdir()
            except OSError:
                continue
