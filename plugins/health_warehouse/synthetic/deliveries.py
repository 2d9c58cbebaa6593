"""The files of one facility: which dossiers go into which file, when it arrives, what is wrong.

Files are planned a day ahead and written dossier by dossier: memory holds one dossier, check-ins of
people who are still inside, and the numbers of dossiers that are still to be sent again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from health_warehouse.synthetic.defects import FILE_KINDS
from health_warehouse.synthetic.kinds import Kind
from health_warehouse.synthetic.moments import DAY, at, unix_seconds, ymd
from health_warehouse.synthetic.province import Facility
from health_warehouse.synthetic.schedule import Schedule, Slot
from health_warehouse.synthetic.stories import Sending, story
from health_warehouse.synthetic.streams import Draw, one_of, stream, whole

MAX_DOSSIERS = 1000
"""Dossiers in one file; a busy day is cut into several."""
_FILE_DEFECTS_PER_DOSSIER_DEFECT = 0.2
_LATE = 0.03
_SENT_TWICE = 0.015
RESENT_NUMBER, COPY_NUMBER = 700, 800


class Entry(NamedTuple):
    """One dossier in one file."""

    slot: Slot
    sending: Sending


class Member(NamedTuple):
    """One XML file."""

    name: str
    """`<facility>_<yyyymmdd>_<n>.xml`."""
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Delivery:
    """One file to be written: an XML file, that file by gzip, or several by zip."""

    facility: Facility
    day: int
    members: tuple[Member, ...]
    received_at: int
    """Receipt, seconds since 1970 UTC; becomes the modification time."""
    defect: Kind | None = None
    """What is wrong with the first member as a whole."""
    copies: tuple[tuple[str, int], ...] = field(default=())
    """Further receipts of the same bytes: (file name, receipt)."""

    @property
    def name(self) -> str:
        """As it lies in the folder."""
        return packed_name(self.facility, self.members[0].name)

    @property
    def declared_date(self) -> str:
        """NGAYLAP."""
        return ymd(self.day)

    @property
    def dossier_count(self) -> int:
        return sum(len(member.entries) for member in self.members)


def packed_name(facility: Facility, name: str) -> str:
    """Name of the container of an XML file."""
    match facility.vendor.container:
        case "gz":
            return f"{name}.gz"
        case "zip":
            return f"{name.removesuffix('.xml')}.zip"
        case _:
            return name


def deliveries(schedule: Schedule, facility: Facility) -> Iterator[Delivery]:
    """All files of one facility in the order of their days; resends may follow the last day."""
    waiting: dict[int, list[Entry]] = defaultdict(list)
    day = schedule.first
    while day <= schedule.last or waiting:
        news: list[Entry] = []
        corrections: list[Entry] = []
        for slot in schedule.slots(facility, day):
            _file(schedule, facility, slot, news, corrections, waiting)
        news += waiting.pop(day, [])
        yield from _of_day(schedule, facility, day, news, corrections)
        day += 1


def _file(
    schedule: Schedule,
    facility: Facility,
    slot: Slot,
    news: list[Entry],
    corrections: list[Entry],
    waiting: dict[int, list[Entry]],
) -> None:
    """Sort the sendings of one dossier: with the day's news, as a same-day correction, or later."""
    options = schedule.options
    for sending in story(options.seed, facility.index, slot.number, options.defects):
        entry = Entry(slot, sending)
        if sending.days_later:
            waiting[slot.day + sending.days_later].append(entry)
        elif not sending.is_first and not sending.in_same_file:
            corrections.append(entry)
        else:
            news.append(entry)


def _of_day(
    schedule: Schedule,
    facility: Facility,
    day: int,
    news: list[Entry],
    corrections: list[Entry],
) -> Iterator[Delivery]:
    groups = [*_cut(news, facility), *_cut(corrections, facility)]
    is_packed = facility.vendor.container == "zip"
    for number, entries in enumerate(groups, 1):
        draw = stream(schedule.options.seed, "file", facility.index, day, number)
        names = [_name(facility, day, number)]
        parts = [entries]
        if is_packed and len(entries) > 1:
            half = len(entries) // 2
            names.append(_name(facility, day, 400 + number))
            parts = [entries[:half], entries[half:]]
            # Two versions of a dossier must stay in their order, whichever member is read first.
            if any(entry.sending.in_same_file for entry in entries):
                parts = [entries]
        members = tuple(Member(name, tuple(part)) for name, part in zip(names, parts, strict=False))
        yield from _sent(schedule.options.defects, facility, day, number, members, draw)


def _cut(entries: list[Entry], facility: Facility) -> list[list[Entry]]:
    if not facility.vendor.one_per_file:
        return [entries[at : at + MAX_DOSSIERS] for at in range(0, len(entries), MAX_DOSSIERS)]
    groups: list[list[Entry]] = []
    for entry in entries:
        if entry.sending.in_same_file:
            groups[-1].append(entry)
        else:
            groups.append([entry])
    return groups


def _sent(
    defects: float,
    facility: Facility,
    day: int,
    number: int,
    members: tuple[Member, ...],
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
        name = packed_name(facility, _name(facility, day, COPY_NUMBER + number))
        copies = ((name, again),)
    defect = None
    share = _FILE_DEFECTS_PER_DOSSIER_DEFECT * defects
    if draw() < (share / 10 if facility.vendor.one_per_file else share):
        defect = one_of(draw, FILE_KINDS)
    yield Delivery(facility, day, members, received_at, defect, copies)
    if defect is not None and defect.refuses_file and draw() < 0.7:
        later = received_at + whole(draw, 36_000, 2 * 86_400)
        again_name = _name(facility, day, RESENT_NUMBER + number)
        first = Member(again_name, members[0].entries)
        yield Delivery(facility, day, (first,), later)


def _name(facility: Facility, day: int, number: int) -> str:
    return f"{facility.facility_id}_{ymd(day)}_{number}.xml"
