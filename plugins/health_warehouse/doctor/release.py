"""Check of publishing: whether a roll-back holds it."""

from __future__ import annotations

from collections.abc import Iterator

from health_warehouse.doctor.finding import Finding
from health_warehouse.release.hold import read_hold
from health_warehouse.settings import Settings


def hold(settings: Settings) -> Iterator[Finding]:
    held = read_hold(settings)
    if held is not None:
        yield Finding(
            "hold",
            "warning",
            held.told(),
            "mend the cause, then `warehouse publish --resume` "
            "(docs/runbooks/rollback_and_resume.md)",
        )
