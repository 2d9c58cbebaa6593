"""What the file of an indicator says."""

from __future__ import annotations

from dataclasses import dataclass

from health_warehouse.feeds.contract import Words

FACTORS = {
    "percent": 100,
    "per_100": 100,
    "per_1000": 1_000,
    "per_10k": 10_000,
    "per_100k": 100_000,
    "ratio": 1,
    "visits": 1,
    "days": 1,
    "vnd": 1,
    "persons": 1,
    "person_days": 1,
}
"""By what numerator through denominator is multiplied, by unit."""


@dataclass(frozen=True, slots=True)
class Part:
    """A numerator or denominator: the rows of a `fact` that `where` keeps, counted, or the sum of
    `of` over them. `at` says how a state is taken in a period: at its end, in its middle, or as the
    mean of its start and end; `sum` of what happens."""

    fact: str
    where: str | None
    of: str | None
    at: str
    none_is_zero: bool = False
    """Where the fact has no row, though the denominator is there."""


@dataclass(frozen=True, slots=True)
class Target:
    """A value that is aimed at (`kind` target) or was published (known), in a year, of the nation
    or of the province `scope`."""

    scope: str
    year: int
    value: float
    kind: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """`code` is the same for ever; `calendars` are codes of the list `period_calendar`; `areas` are
    letters: P province, C commune, F facility, T professional level, O ownership."""

    code: str
    name: Words
    definition: Words
    kind: str
    unit: str
    direction: str
    numerator: Part
    denominator: Part | None
    cases: Part | None
    is_annualised: bool
    calendars: tuple[str, ...]
    areas: tuple[str, ...]
    feeds: tuple[str, ...]
    standard: str
    confidence: str
    small_numbers: str
    owner: str
    targets: tuple[Target, ...]

    @property
    def factor(self) -> int:
        return FACTORS[self.unit]

    @property
    def parts(self) -> dict[str, Part]:
        """By the column of a component."""
        named = {
            "numerator": self.numerator,
            "denominator": self.denominator,
            "case_count": self.cases,
        }
        return {name: part for name, part in named.items() if part is not None}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An indicator of the registry that is not computed, and why."""

    code: str
    name: Words
    reason: Words
    feeds: tuple[str, ...]
