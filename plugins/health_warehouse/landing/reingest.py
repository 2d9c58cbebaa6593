"""`warehouse reingest`: read files of a facility and a period again, and judge them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from health_warehouse.landing.read_again import chosen_files, read_again
from health_warehouse.landing.scope import Scope
from health_warehouse.settings import Settings

FILES_AT_ONCE = 100
"""Judged together: the rules cost some seconds per batch, whatever its size."""


@dataclass
class ReingestReport:
    """`left` files stay as they were: unreadable or not archived. `refused_files` and
    `quarantined_dossiers` are what the checks of the new readings found."""

    files: int = 0
    left: int = 0
    refused_files: int = 0
    quarantined_dossiers: int = 0
    changed_dossiers: int = 0


def reingest(
    settings: Settings, scope: Scope, progress: Callable[[str], None] | None = None
) -> ReingestReport:
    """Read every file of the scope again; the next build takes up what changed.

    Killed at any instant, it has read some files again and the others not; done again, it reads all
    of them once more. Raises CheckError, BatchIncomplete, SourceUnavailable.
    """
    files = chosen_files(settings, scope)
    report = ReingestReport()
    for start in range(0, len(files), FILES_AT_ONCE):
        reingest_files(settings, files[start : start + FILES_AT_ONCE], report)
        if progress is not None:
            progress(f"{report.files + report.left} of {len(files)} files")
    return report


def reingest_files(
    settings: Settings, files: Sequence[tuple[int, str]], report: ReingestReport
) -> None:
    """Read one batch (ids and sha256) again and judge it; what it came to is added to `report`."""
    from health_warehouse.landing.judging import check_files  # imports Great Expectations: 9 s

    successors = read_again(settings, files)
    report.files += len(successors)
    report.left += len(files) - len(successors)
    if not successors:
        return
    checked = check_files(settings, successors)
    report.refused_files += checked.refused_files
    report.quarantined_dossiers += checked.quarantined_dossiers
    report.changed_dossiers += checked.changed_dossiers
