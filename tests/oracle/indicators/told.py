"""What was told to the warehouse, as rows: lists of the feeds and visits of the claims.

Standard library only. Nothing here knows how the warehouse stores or reads them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Protocol

from oracle.indicators.calendars import end_before
from oracle.journeys import Stay, stays
from oracle.visits import Visit, moment

Row = Mapping[str, Any]
_LISTS_HOLD = timedelta(days=366)
_POPULATION_HOLDS_YEARS = 3


class List(Protocol):
    """A list that somebody sent: its feed, its day, when it was sent, its typed rows."""

    @property
    def feed(self) -> str: ...
    @property
    def as_of(self) -> date: ...
    @property
    def sent_on(self) -> date: ...
    @property
    def rows(self) -> Sequence[Any]: ...


@dataclass
class Told:
    """`today` is the day of the build: what ends later is not known yet."""

    lists: Sequence[List]
    visits: Sequence[Visit]
    """Those that the audience may see."""
    province: str
    today: date
    is_for_closed: bool = False
    """Whether the audience sees closed dossiers, and so what counts them among others."""
    _kept: dict[tuple[Any, ...], Any] = field(default_factory=dict)
    """What was worked out before."""

    def of(self, feed: str) -> Iterator[List]:
        return (one for one in self.lists if one.feed == feed)

    def newest(self, feed: str, *names: str) -> list[Row]:
        """Each row once, by the columns that name it, as it was sent last."""
        key = feed, *names
        if key not in self._kept:
            found: dict[tuple[Any, ...], Row] = {}
            for one in sorted(self.of(feed), key=lambda each: (each.sent_on, each.as_of)):
                found |= {tuple(row[name] for name in names): row for row in one.rows}
            self._kept[key] = list(found.values())
        return list(self._kept[key])

    def holding(self, feed: str, sender: str, day: date) -> list[Row]:
        """Rows of the lists in force on a day that is over: of each sender its newest until then.

        `sender` is the column that says whose list a row is of. A list holds for a year at most.
        """
        key = feed, sender, day
        if key not in self._kept:
            self._kept[key] = [] if day >= self.today else list(self._in_force(*key))
        return list(self._kept[key])

    def _in_force(self, feed: str, sender: str, day: date) -> Iterator[Row]:
        for by_day in self._of_senders(feed, sender).values():
            until = [one for one in by_day if one <= day]
            if until and max(until) + _LISTS_HOLD > day:
                yield from by_day[max(until)]

    def _of_senders(self, feed: str, sender: str) -> dict[str, dict[date, list[Row]]]:
        if (feed, sender) not in self._kept:
            found: dict[str, dict[date, list[Row]]] = defaultdict(lambda: defaultdict(list))
            for one in self.of(feed):
                for row in one.rows:
                    found[row[sender]][one.as_of].append(row)
            self._kept[feed, sender] = found
        return dict(self._kept[feed, sender])

    def people(self, day: date) -> dict[str, int]:
        """By commune, on a day that is over: the count of a year holds until another one is there,
        for three years at most."""
        found = {}
        for commune, years in self._people_by_year.items():
            until = [year for year in years if year <= day.year]
            if day < self.today and until and day.year < max(until) + _POPULATION_HOLDS_YEARS:
                found[commune] = years[max(until)]
        return found

    @cached_property
    def _people_by_year(self) -> dict[str, dict[int, int]]:
        counts: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        for row in self.newest("population", "commune_code", "age_band", "sex", "ref_date"):
            if row["sex"] == "T":
                counts[row["commune_code"]][row["ref_date"].year] += row["population"]
        return counts

    def people_in_the_middle(self, middle: date) -> dict[str, int]:
        """At the last end of a month before the middle."""
        return self.people(end_before(middle))

    @cached_property
    def ended(self) -> list[tuple[date, Visit]]:
        """Visits, each with the day on which care ended."""
        return [(moment(visit.value("NGAY_RA")).date(), visit) for visit in self.visits]

    @cached_property
    def stays(self) -> list[Stay]:
        """In hospitals, across transfers."""
        return list(stays(self.visits).values())

    def visits_of(self, person: tuple[str, ...]) -> list[Visit]:
        return self._by_person[person]

    @cached_property
    def _by_person(self) -> dict[tuple[str, ...], list[Visit]]:
        found: dict[tuple[str, ...], list[Visit]] = defaultdict(list)
        for visit in self.visits:
            found[visit.person].append(visit)
        return found

    @cached_property
    def registry(self) -> Registry:
        return Registry(self.of("facility_registry"))


class Registry:
    """What facilities were, day by day: what the newest list says that says anything of a day."""

    def __init__(self, lists: Iterable[List]) -> None:
        told = sorted(lists, key=lambda one: (one.as_of, one.sent_on), reverse=True)
        self.first_day = min(one.as_of for one in told)
        self._rows: dict[str, list[Row]] = defaultdict(list)
        for one in told:
            for row in one.rows:
                self._rows[row["facility_code"]].append(row)
        self._known: dict[tuple[str, date], Row] = {}

    def on(self, code: str, day: date) -> Row:
        """What a facility was on a day; nothing when nobody says."""
        key = code, day
        if key not in self._known:
            self._known[key] = next((row for row in self._rows[code] if _covers(row, day)), {})
        return self._known[key]

    def of_care(self, day: date) -> Iterator[Row]:
        """Facilities that work on a day, since the first list; pharmacies are none."""
        for code in self._rows if day >= self.first_day else ():
            row = self.on(code, day)
            if row.get("status") == "active" and row["facility_type"] != "pharmacy":
                yield row


def _covers(row: Row, day: date) -> bool:
    return row["valid_from"] <= day and (row["valid_to"] is None or day <= row["valid_to"])
