"""What an indicator means, as functions of what was told in a period."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from oracle.indicators.calendars import Period
from oracle.indicators.told import Told


class Part(NamedTuple):
    """Something that counts: where, as of which day, how much. 0 is told, and counts nothing."""

    place: Literal["facility", "commune"]
    code: str
    day: date
    amount: Decimal | int


Parts = Callable[[Told, Period], Iterator[Part]]


@dataclass(frozen=True)
class Meaning:
    """`numerator` over `denominator`, times `per`. An indicator of fewer than `least` cases (the
    denominator, or `cases`) is not shown. `is_zero_unless_told`: where nothing is told of the
    numerator, it is 0."""

    numerator: Parts
    denominator: Parts | None = None
    per: int = 1
    cases: Parts | None = None
    least: int = 0
    is_a_year: bool = False
    is_zero_unless_told: bool = False
    is_mean: bool = False
    """The denominator is the mean of two days, and both have to be told of."""
