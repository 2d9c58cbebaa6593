"""The files of one facility: which dossiers go into which file, when it arrives, what is wrong.

Files are planned a day ahead and written dossier by dossier: memory holds one dossier and the
numbers of those that are still to be sent again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from health_warehouse.synthetic.defects import FILE_KINDS, Kind
from health_warehouse.synthetic.moments import DAY, at, unix_seconds, ymd
from health_warehouse.synthetic.options import Options
from health_warehouse.synthetic.province import Facility
from health_warehouse.synthetic.stories import Sending, story
from health_warehouse.synthetic.streams import Draw, apportion, one_of, stream, whole

MAX_DOSSIERS = 1000
"""Dossiers in one file; a busy day is cut into several."""
_WEEKDAYS = (11, 10, 10, 10, 10, 6, 3)
_FILE_DEFECTS_PER_DOSSIER_DEFECT = 0.2
_LATE = 0.03
_SENT_TWICE = 0.015
_RESENT_NUMBER, _COPY_NUMBER = 700, 800


class Entry(NamedTuple):
    """One dossier in one file."""

    dossier: int
    """Number of the dossier within its facility, from 0."""
    day: int
    """The day (ordinal) on which care was closed."""
    sending: Sending


@dataclass(frozen=True)
class Delivery:
    """One file to be written."""

    facility: Facility
    day: int
    number: int
    """The n of `<facility>_<yyyymmdd>_<n>.xml`."""
    entries: tuple[Entry, ...]
    received_at: int
    """Receipt, seconds since 1970 UTC; becomes the modification time."""
    defect: Kind | None = None
    copies: tuple[tuple[str, int], ...] = field(default=())
    """Further receipts of the same bytes: (file name, receipt)."""

    @property
    def name(self) -> str:
        return _name(self.facility, self.day, self.number)

    @property
    def declared_date(self) -> str:
        """NGAYLAP."""
        return ymd(self.day)


def per_facility(options: Options, facilities: tuple[Facility, ...]) -> list[int]:
    """How many dossiers each facility has."""
    return apportion(options.dossiers, [facility.volume for facility in facilities])


def deliveries(options: Options, facility: Facility, dossiers: int) -> Iterator[Delivery]:
    """All files of one facility in the order of their days; resends may follow the last day."""
    first = options.start.toordinal()
    a_day = apportion(
        dossiers, [_WEEKDAYS[(first - 1 + offset) % 7] for offset in range(options.days)]
    )
    waiting: dict[int, list[Entry]] = defaultdict(list)
    given, day = 0, first
    while day < first + options.days or waiting:
        news: list[Entry] = []
        corrections: list[Entry] = []
        if day < first + options.days:
            for index in range(given, given + a_day[day - first]):
                _file(options, facility, index, day, news, corrections, waiting)
            given += a_day[day - first]
        news += waiting.pop(day, [])
        yield from _of_day(options, facility, day, news, corrections)
        day += 1


def _file(
    options: Options,
    facility: Facility,
    index: int,
    day: int,
    news: list[Entry],
    corrections: list[Entry],
    waiting: dict[int, list[Entry]],
) -> None:
    """Sort the sendings of one dossier: with the day's news, as a same-day correction, or later."""
    sendings = story(options.seed, facility.facility_id, index, options.defects)
    for place, sending in enumerate(sendings):
        entry = Entry(index, day, sending)
        if sending.days_later:
            waiting[day + sending.days_later].append(entry)
        elif place and not sending.in_same_file:
            corrections.append(entry)
        else:
            news.append(entry)


def _of_day(
    options: Options,
    facility: Facility,
    day: int,
    news: list[Entry],
    corrections: list[Entry],
) -> Iterator[Delivery]:
    for number, entries in enumerate((*_cut(news), *_cut(corrections)), 1):
        draw = stream(options.seed, "file", facility.facility_id, day, number)
        yield from _sent(options, facility, day, number, tuple(entries), draw)


def _cut(entries: list[Entry]) -> list[list[Entry]]:
    return [entries[at : at + MAX_DOSSIERS] for at in range(0, len(entries), MAX_DOSSIERS)]


def _sent(
    options: Options,
    facility: Facility,
    day: int,
    number: int,
    entries: tuple[Entry, ...],
    draw: Draw,
) -> Iterator[Delivery]:
    """The file, and its correct repetition when it was refused."""
    minutes = at(day, 17, 30) + min(number, 25) * 10 + whole(draw, 0, 9)
    if draw() < _LATE:
        minutes += whole(draw, 1, 5) * DAY
    received_at = unix_seconds(minutes) + whole(draw, 0, 59)
    copies: tuple[tuple[str, int], ...] = ()
    if draw() < _SENT_TWICE:
        again = received_at + whole(draw, 3_600, 3 * 86_400)
        copies = ((_name(facility, day, _COPY_NUMBER + number), again),)
    defect = None
    if draw() < options.defects * _FILE_DEFECTS_PER_DOSSIER_DEFECT:
        defect = one_of(draw, FILE_KINDS)
    yield Delivery(facility, day, number, entries, received_at, defect, copies)
    if defect is not None and defect.severity == "refuse_file" and draw() < 0.7:
        later = received_at + whole(draw, 36_000, 2 * 86_400)
        yield Delivery(facility, day, _RESENT_NUMBER + number, entries, later)


def _name(facility: Facility, day: int, number: int) -> str:
    return f"{facility.facility_id}_{ymd(day)}_{number}.xml"
