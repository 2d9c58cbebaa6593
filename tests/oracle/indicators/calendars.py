"""Periods of the legal calendars, and the days at which they end.

Standard library only. Written from the circulars: TT 37/2019 counts by calendar, TT 38/2019 from
15 December to 14 June and from 15 June to 14 December.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

FIRST, LAST = date(2020, 1, 1), date(2035, 12, 31)
"""A period counts that lies between them."""
_MONTHS = {"month_cal": 1, "quarter_cal": 3, "half_cal": 6, "nine_month": 9, "year_cal": 12}
_HALVES = (6, 14), (12, 14)


@dataclass(frozen=True)
class Period:
    calendar: str
    first: date
    last: date
    """Both days are included."""

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def middle(self) -> date:
        return self.first + timedelta(days=self.days // 2)

    @property
    def before(self) -> date:
        return self.first - timedelta(days=1)

    def has(self, day: date) -> bool:
        return self.first <= day <= self.last


def periods() -> list[Period]:
    """All of them, but for weeks: no indicator is told by week."""
    found = []
    for year in range(FIRST.year - 1, LAST.year + 1):
        for calendar, months in _MONTHS.items():
            for begin in range(1, 13, months):
                if begin + months <= 13:
                    last = date(year + (begin + months) // 13, (begin + months - 1) % 12 + 1, 1)
                    found.append(Period(calendar, date(year, begin, 1), _day_before(last)))
        winter, summer = date(year, 12, 15), date(year, 6, 15)
        found.append(Period("half_admin", winter, date(year + 1, 6, 14)))
        found.append(Period("half_admin", summer, date(year, 12, 14)))
        found.append(Period("year_admin", winter, date(year + 1, 12, 14)))
    return [one for one in found if one.first >= FIRST and one.last <= LAST]


def ends(first: date, last: date) -> Iterator[date]:
    """Days between the two on which some period ends: of months, and of administrative halves."""
    day = first
    while day <= last:
        if (day + timedelta(days=1)).day == 1 or (day.month, day.day) in _HALVES:
            yield day
        day += timedelta(days=1)


def end_before(day: date) -> date:
    """The last such day before `day`."""
    return max(ends(day - timedelta(days=40), _day_before(day)))


def _day_before(day: date) -> date:
    return day - timedelta(days=1)
