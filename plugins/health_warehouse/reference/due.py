"""Until when something is owed: the words of a contract, and the instant that they come to.

A day ends at 24:00 in Ho Chi Minh City; what comes at that very instant is in time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from health_warehouse.reference.periods import Period
from health_warehouse.reference.working_days import WorkingDays

LOCAL_TIME = ZoneInfo("Asia/Ho_Chi_Minh")

FORM = (
    r"((?P<before>before )?(?P<working>working )?day (?P<count>[1-9][0-9]{0,2})|"
    r"(?P<day>[0-3][0-9])/(?P<month>[01][0-9]))(?P<shifted> or next working day)?"
)
"""As the schema of contracts has it, but for the names."""

_DAY = timedelta(days=1)
_ANY_YEAR = 2025  # has no 29 February


@dataclass(frozen=True, slots=True)
class Due:
    """`count` days or working days behind a period; or the next such day of a month, `at`.
    `is_before`: until the day before. `is_shifted`: to the next working day."""

    count: int = 0
    is_working: bool = False
    is_before: bool = False
    is_shifted: bool = False
    at: tuple[int, int] | None = None

    @classmethod
    def of(cls, written: str) -> Due:
        """`working day 5`, `day 10`, `before day 5`, `31/03`, each with `or next working day`.
        Raises ValueError."""
        found = re.fullmatch(FORM, written, re.ASCII)
        if found is None:
            raise ValueError(written)
        is_shifted = found["shifted"] is not None
        if found["day"] is not None:
            month, day = int(found["month"]), int(found["day"])
            date(_ANY_YEAR, month, day)
            return cls(at=(month, day), is_shifted=is_shifted)
        return cls(
            int(found["count"]),
            is_working=found["working"] is not None,
            is_before=found["before"] is not None,
            is_shifted=is_shifted,
        )

    def last_day(self, period: Period, days: WorkingDays) -> date:
        """The last day on which it is in time."""
        day = self._day(period.last, days)
        return days.from_day(day) if self.is_shifted else day

    def moment(self, period: Period, days: WorkingDays) -> datetime:
        """24:00 local time of that day."""
        return end_of(self.last_day(period, days))

    def _day(self, last: date, days: WorkingDays) -> date:
        if self.at is not None:
            found = date(last.year, *self.at)
            return found if found > last else date(last.year + 1, *self.at)
        day = days.after(last, self.count) if self.is_working else last + self.count * _DAY
        return day - _DAY if self.is_before else day


def end_of(day: date) -> datetime:
    """24:00 local time."""
    return datetime.combine(day + _DAY, time(), LOCAL_TIME)
