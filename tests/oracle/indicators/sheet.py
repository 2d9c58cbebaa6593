"""Every indicator by area and period, from what was told, by other means than the warehouse's.

Standard library only. What an indicator means is written here by hand, from its definition in
words; which areas and calendars it is told by is asked of whoever calls.

    sheet(told, {"ALOS_DAYS": (("P", "F"), ("month_cal",))})
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from oracle.indicators.calendars import Period, periods
from oracle.indicators.meaning import Meaning, Part, Parts
from oracle.indicators.of_claims import OF_CLAIMS
from oracle.indicators.of_journeys import OF_JOURNEYS
from oracle.indicators.of_people import OF_PEOPLE
from oracle.indicators.of_places import OF_PLACES
from oracle.indicators.of_reports import OF_REPORTS
from oracle.indicators.of_staff import OF_STAFF
from oracle.indicators.told import Told

MEANINGS: Mapping[str, Meaning] = {
    **OF_CLAIMS,
    **OF_JOURNEYS,
    **OF_PEOPLE,
    **OF_PLACES,
    **OF_REPORTS,
    **OF_STAFF,
}
_FINAL_AFTER = timedelta(days=15)
_ATTRIBUTES = {"C": "commune_code", "T": "professional_level", "O": "ownership"}


class Cell(NamedTuple):
    """`area`: P province, C commune, F facility, T professional level, O ownership; then its code.
    The period begins on `first`."""

    indicator: str
    area: str
    code: str
    calendar: str
    first: date


class Figure(NamedTuple):
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    """Rounded to six decimals."""
    state: str


@dataclass
class _Sums:
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    cases: Decimal | None = None
    days: set[date] = field(default_factory=set)
    """Of the denominator."""


def sheet(
    told: Told, asked: Mapping[str, tuple[Iterable[str], Iterable[str]]]
) -> dict[Cell, Figure]:
    """Figures of the cells of which anything is told. `asked`: areas and calendars by indicator."""
    of_calendar: dict[str, list[Period]] = defaultdict(list)
    for period in periods():
        of_calendar[period.calendar].append(period)
    found = {}
    for indicator, (areas, calendars) in asked.items():
        meaning = MEANINGS[indicator]
        for calendar in calendars:
            for period in of_calendar[calendar]:
                for (area, code), sums in _cells(told, meaning, period, tuple(areas)).items():
                    cell = Cell(indicator, area, code, calendar, period.first)
                    found[cell] = _figure(meaning, sums, period, told.today)
    return found


def _cells(
    told: Told, meaning: Meaning, period: Period, areas: tuple[str, ...]
) -> dict[tuple[str, str], _Sums]:
    found: dict[tuple[str, str], _Sums] = defaultdict(_Sums)
    named: list[tuple[str, Parts | None]] = [
        ("numerator", meaning.numerator),
        ("denominator", meaning.denominator),
        ("cases", meaning.cases),
    ]
    for name, parts in named:
        for part in parts(told, period) if parts else ():
            for area in areas:
                code = _code(told, part, area)
                if code is not None:
                    sums = found[area, code]
                    setattr(sums, name, (getattr(sums, name) or Decimal(0)) + part.amount)
                    if name == "denominator":
                        sums.days.add(part.day)
    return found


def _code(told: Told, part: Part, area: str) -> str | None:
    """The area of the kind that a place was in on the day; None: in none that is known."""
    if area == "P":
        return told.province
    if part.place == "commune":
        return part.code if area == "C" else None
    if area == "F":
        return part.code
    return told.registry.on(part.code, part.day).get(_ATTRIBUTES[area])


def _figure(meaning: Meaning, sums: _Sums, period: Period, today: date) -> Figure:
    above, below, cases = sums.numerator, sums.denominator, sums.cases
    if above is None and meaning.is_zero_unless_told:
        above = Decimal(0)
    if meaning.is_mean and len(sums.days) < 2:
        below = None
    if meaning.cases is None:
        cases = below
    if above is None or (meaning.denominator and below is None):
        return Figure(above, below, None, "inputs_missing")
    if meaning.denominator and not below:
        return Figure(above, below, None, "not_defined")
    if meaning.least and (cases or 0) < meaning.least:
        return Figure(above, below, None, "suppressed")
    value = above * meaning.per / (below or 1)
    if meaning.is_a_year:
        value = value * Decimal("365.25") / period.days
    rounded = value.quantize(Decimal("0.000001"), ROUND_HALF_UP)
    state = "final" if period.last + _FINAL_AFTER < today else "provisional"
    return Figure(above, below, rounded, state)
