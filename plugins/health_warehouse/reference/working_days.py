"""Working days of Viet Nam: Monday to Friday but for holidays, and days worked in exchange.

The dates are in holidays.csv: fixed by the Labour Code (art. 112), or, as those of Tết, decided
anew for each year. Each carries its source and our confidence in it (H official text, M good
secondary source, L weak, as for a year that is not decided yet); dates were compared with the
package `holidays` 0.109. A province names a file of its own for what is other (WAREHOUSE_HOLIDAYS).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from health_warehouse.errors import ConfigurationError

PATH = Path(__file__).with_name("holidays.csv")
_DAY = timedelta(days=1)
_SATURDAY = 5
_KINDS = ("off", "work")


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """`kind`: off, a holiday; work, a day that would be free and is worked; day, week or month that
    is neither is decided by the day of the week."""

    day: date
    kind: str
    name_vi: str = ""
    name_en: str = ""
    source: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Of two entries of a day the later counts. `last`: the last year that the table knows."""

    off: frozenset[date]
    worked: frozenset[date]
    last: int

    @classmethod
    def of(cls, days: Iterable[SpecialDay]) -> WorkingDays:
        kinds = {one.day: one.kind for one in days}
        return cls(
            frozenset(day for day, kind in kinds.items() if kind == "off"),
            frozenset(day for day, kind in kinds.items() if kind == "work"),
            max((day.year for day in kinds), default=0),
        )

    def is_working(self, day: date) -> bool:
        return day in self.worked or (day.weekday() < _SATURDAY and day not in self.off)

    def after(self, day: date, count: int) -> date:
        """The working day number `count` behind a day; `count` is at least 1."""
        while count:
            day += _DAY
            count -= self.is_working(day)
        return day

    def from_day(self, day: date) -> date:
        """The day itself if it is a working day, else the next that is."""
        while not self.is_working(day):
            day += _DAY
        return day


def working_days(own: Path | None = None) -> WorkingDays:
    """By our table and, before it, a province's own. Raises ConfigurationError that names the
    line."""
    return WorkingDays.of([*_ours(), *(special_days(own) if own is not None else ())])


def days_of(own: Path | None = None) -> list[SpecialDay]:
    """Each day of our table once, as a province's own file has it where it does. Raises
    ConfigurationError."""
    days = [*_ours(), *(special_days(own) if own is not None else ())]
    return sorted({one.day: one for one in days}.values(), key=lambda one: one.day)


def special_days(path: Path) -> list[SpecialDay]:
    """The days of a file with the columns `day`, `kind`, and others that may be there. Raises
    ConfigurationError."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigurationError(
            f"the file of holidays {path} cannot be read ({type(error).__name__}): it is a CSV in "
            "UTF-8 with the columns day and kind"
        ) from None
    return [_day(path, number, line) for number, line in enumerate(lines, start=2)]


def _day(path: Path, number: int, line: dict[str, str | None]) -> SpecialDay:
    kind = (line.get("kind") or "").strip()
    if kind not in _KINDS:
        raise ConfigurationError(f"{path}:{number}: the kind is {kind!r}: write off or work")
    written = (line.get("day") or "").strip()
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise ConfigurationError(
            f"{path}:{number}: {written!r} is no day: write it as 2027-02-05"
        ) from None
    told = ("name_vi", "name_en", "source", "confidence")
    return SpecialDay(day, kind, **{name: line.get(name) or "" for name in told})


@cache
def _ours() -> tuple[SpecialDay, ...]:
    return tuple(special_days(PATH))
