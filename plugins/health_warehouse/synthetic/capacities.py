"""How many treat at a facility, by the load that its dossiers are, and who they are on a day.

A position is a number: doctors 0-59, technicians 60-99, surgeons from 100. Every seventh of the
doctors and technicians leaves once within the period, and somebody else takes the position.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from health_warehouse.synthetic.province import Facility, Tier
from health_warehouse.synthetic.streams import scattered

FIRST_TECHNICIAN, FIRST_SURGEON, FIRST_SUCCESSOR = 60, 100, 450
_MOST_SURGEONS = 350
_LEAST: dict[Tier, tuple[int, int]] = {
    "provincial hospital": (24, 16),
    "regional centre": (12, 8),
    "commune station": (1, 1),
    "private clinic": (4, 3),
}
"""Doctors and technicians, however few dossiers there are."""
_LEAST_BEDS: dict[Tier, int] = {"provincial hospital": 40, "regional centre": 20}
_VISITS_OF_A_DOCTOR, _VISITS_OF_A_TECHNICIAN = 12, 20
"""A day."""


@dataclass(frozen=True)
class Capacity:
    """Those of a facility whom its dossiers name."""

    seed: int
    index: int
    """Of the facility."""
    first: int
    """First day of the period (ordinal)."""
    days: int
    doctors: int
    technicians: int
    surgeons: int
    """More than there are dossiers in a file: none operates on two patients at once."""
    beds: int
    """Actual beds: those who stay never need more. 0 where nobody stays overnight."""

    @property
    def positions(self) -> tuple[int, ...]:
        """All numbers that dossiers may name, without the successors."""
        return (
            *range(self.doctors),
            *range(FIRST_TECHNICIAN, FIRST_TECHNICIAN + self.technicians),
            *range(FIRST_SURGEON, FIRST_SURGEON + self.surgeons),
        )

    def change(self, position: int) -> int | None:
        """The first day (ordinal) of the successor; None: nobody leaves."""
        if position % 7 != 3 or position >= FIRST_SURGEON:
            return None
        return self.first + 1 + scattered(self.seed, 5, self.index, position) % max(1, self.days)

    def holder(self, position: int, begin: int, end: int) -> int:
        """Number of the one who holds a position from day `begin` to day `end`.

        Who comes while somebody else leaves is seen by the neighbour.
        """
        change = self.change(position)
        if change is None or end < change:
            return position
        if begin >= change:
            return successor(position)
        return position - 1


def successor(position: int) -> int:
    """The number of the one who takes the position over."""
    return FIRST_SUCCESSOR + position // 7


def capacities(
    seed: int, facilities: Sequence[Facility], totals: Sequence[int], first: int, days: int
) -> tuple[Capacity, ...]:
    """One per facility; `totals` are its dossiers within the `days`."""
    return tuple(
        _capacity(seed, facility, total, first, days)
        for facility, total in zip(facilities, totals, strict=True)
    )


def _capacity(seed: int, facility: Facility, total: int, first: int, days: int) -> Capacity:
    a_day = -(-total // days)
    doctors, technicians = _LEAST[facility.tier]
    census = facility.nights * total / days  # more than there are: who is transferred stays less
    beds = -(-int(1.12 * census + 2.5 * sqrt(census) + 2) // 5) * 5
    return Capacity(
        seed,
        facility.index,
        first,
        days,
        doctors=min(FIRST_TECHNICIAN, doctors + a_day // _VISITS_OF_A_DOCTOR),
        technicians=min(
            FIRST_SURGEON - FIRST_TECHNICIAN, technicians + a_day // _VISITS_OF_A_TECHNICIAN
        ),
        surgeons=min(_MOST_SURGEONS, 4 + 2 * a_day) if facility.is_higher else 0,
        beds=max(beds, _LEAST_BEDS[facility.tier]) if facility.is_higher else 0,
    )
