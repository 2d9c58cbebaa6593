"""What is asked of the generator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

EARLIEST_START = date(2024, 7, 1)
"""First day on which QĐ 4750/QĐ-BYT was mandatory."""
EARLIEST_START_ELSEWHERE = date(2025, 7, 1)
"""First day of the 34 provinces: communes of before are known of Cà Mau only."""
DEFAULT_START = date(2026, 7, 1)
"""First day with 34 provinces, QĐ 3176, QĐ 1931/2026 and TT 06/2026 (ICD-10) all in force."""


@dataclass(frozen=True)
class Options:
    """The whole input: two runs with equal options write identical bytes."""

    facilities: int
    days: int
    dossiers: int
    """Dossiers of the whole province over all days; resends come on top."""
    seed: int = 1
    defects: float = 0.0
    """Share of dossiers that get one defect."""
    start: date = DEFAULT_START
    province: str = "96"
    """Its code since 01/07/2025; others than Cà Mau begin with that day."""
    requests: tuple[int, int] | None = None
    """Of a thousand dossiers, transfers that patients wish for: in the first half of the days, and
    in the second. None: a quarter of all transfers."""

    def __post_init__(self) -> None:
        if not 1 <= self.facilities <= 900:
            raise ValueError("facilities must be between 1 and 900")
        if not 1 <= self.days <= 3660:
            raise ValueError("days must be between 1 and 3660")
        if self.dossiers < 0:
            raise ValueError("dossiers must not be negative")
        if self.start < EARLIEST_START:
            raise ValueError(f"start must not be before {EARLIEST_START}, when QĐ 4750 took effect")
        is_early = self.start < EARLIEST_START_ELSEWHERE
        if self.province != "96" and self.dossiers and is_early:
            raise ValueError(
                f"start must not be before {EARLIEST_START_ELSEWHERE} in {self.province}"
            )
        if not 0 <= self.defects <= 1:
            raise ValueError("defects is a share between 0 and 1")

    @property
    def population(self) -> int:
        """How many people there are to fall ill: about three visits for every two.

        More in a short period: who comes back does so after the longest stay is over.
        """
        return max(20 * self.facilities, self.dossiers * 2 // 3, self.dossiers * 16 // self.days)

    def as_json(self) -> dict[str, object]:
        told: dict[str, object] = {
            "facilities": self.facilities,
            "days": self.days,
            "dossiers": self.dossiers,
            "seed": self.seed,
            "defects": self.defects,
            "start": self.start.isoformat(),
        }
        if self.province != "96":
            told["province"] = self.province
        if self.requests is not None:
            told["requests"] = list(self.requests)
        return told
