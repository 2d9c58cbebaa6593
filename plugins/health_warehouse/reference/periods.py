"""The calendars by which Vietnamese law counts: months, weeks, years, and some of its own.

Their sources are in the code list `period_calendar`. A day belongs to one period of a calendar, or
to none (October is in no nine months).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

_DAY = timedelta(days=1)


class Calendar(StrEnum):
    """The words of contracts (`expect.every`)."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    NINE_MONTHS = "nine_months"
    YEAR = "year"
    ADMIN_HALF_YEAR = "admin_half_year"
    ADMIN_YEAR = "admin_year"
    SETTLEMENT_MONTH = "settlement_month"
    VACCINATION_MONTH = "vaccination_month"


CODES = {
    Calendar.WEEK: "week_iso",
    Calendar.MONTH: "month_cal",
    Calendar.QUARTER: "quarter_cal",
    Calendar.HALF_YEAR: "half_cal",
    Calendar.NINE_MONTHS: "nine_month",
    Calendar.YEAR: "year_cal",
    Calendar.ADMIN_HALF_YEAR: "half_admin",
    Calendar.ADMIN_YEAR: "year_admin",
    Calendar.SETTLEMENT_MONTH: "settlement_month",
    Calendar.VACCINATION_MONTH: "epi_month",
}
"""Of the code list `period_calendar`; a day has none."""

_MONTHS = {
    Calendar.MONTH: 1,
    Calendar.SETTLEMENT_MONTH: 1,
    Calendar.VACCINATION_MONTH: 1,
    Calendar.QUARTER: 3,
    Calendar.HALF_YEAR: 6,
    Calendar.YEAR: 12,
}
# An administrative year begins on 15 December of the year before: ND 09/2019 art. 12.
_ADMIN_START = (12, 15)
_ADMIN_MIDDLE = (6, 15)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """`first` and `last` are its days, both included."""

    first: date
    last: date
    calendar: Calendar

    @property
    def name(self) -> str:
        """Such as 2026-06, 2026-Q2, 2026-H1, 2026-9M, 2026, 2026-W27, 2026-06-30; of administrative
        ones 2026-HC1, 2026-HC."""
        year, calendar = self.last.year, self.calendar
        if calendar is Calendar.DAY:
            return self.first.isoformat()
        if calendar is Calendar.WEEK:
            iso = self.first.isocalendar()
            return f"{iso.year}-W{iso.week:02d}"
        if calendar is Calendar.ADMIN_HALF_YEAR:
            return f"{year}-HC{1 if self.last.month <= _ADMIN_MIDDLE[0] else 2}"
        if calendar is Calendar.ADMIN_YEAR:
            return f"{year}-HC"
        if calendar is Calendar.NINE_MONTHS:
            return f"{year}-9M"
        return {
            1: f"{year}-{self.first.month:02d}",
            3: f"{year}-Q{self.last.month // 3}",
            6: f"{year}-H{self.last.month // 6}",
            12: f"{year}",
        }[_MONTHS[calendar]]


def period_of(calendar: Calendar, day: date) -> Period | None:
    """The period that a day is in; None of a day that is in none."""
    if calendar is Calendar.DAY:
        return Period(day, day, calendar)
    if calendar is Calendar.WEEK:
        monday = day - day.weekday() * _DAY
        return Period(monday, monday + 6 * _DAY, calendar)
    if calendar is Calendar.NINE_MONTHS:
        found = Period(date(day.year, 1, 1), date(day.year, 9, 30), calendar)
        return found if day <= found.last else None
    if calendar in (Calendar.ADMIN_HALF_YEAR, Calendar.ADMIN_YEAR):
        return _administrative(calendar, day)
    months = _MONTHS[calendar]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return Period(first, _months_later(first, months) - _DAY, calendar)


def periods_from(calendar: Calendar, day: date) -> Iterator[Period]:
    """The period that a day is in, else the next one, and those after it, without end."""
    while True:
        found = period_of(calendar, day)
        if found is None:
            day += _DAY
            continue
        yield found
        day = found.last + _DAY


def _administrative(calendar: Calendar, day: date) -> Period:
    begins = date(day.year, *_ADMIN_START)
    start = begins if day >= begins else date(day.year - 1, *_ADMIN_START)
    end = date(start.year + 1, *_ADMIN_START) - _DAY
    if calendar is Calendar.ADMIN_YEAR:
        return Period(start, end, calendar)
    middle = date(start.year + 1, *_ADMIN_MIDDLE)
    if day < middle:
        return Period(start, middle - _DAY, calendar)
    return Period(middle, end, calendar)


def _months_later(first: date, months: int) -> date:
    count = first.month - 1 + months
    return date(first.year + count // 12, count % 12 + 1, 1)
