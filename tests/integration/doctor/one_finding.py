"""The one finding of a warehouse that has one thing wrong."""

from __future__ import annotations

from health_warehouse.doctor.examine import examine
from health_warehouse.doctor.finding import Finding
from health_warehouse.settings import Settings


def only(settings: Settings, check: str) -> Finding:
    """It is of that check, and says what to do."""
    (finding,) = examine(settings)
    assert finding.check == check
    assert finding.remedy
    return finding
