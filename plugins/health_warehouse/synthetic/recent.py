"""Who was where a short while ago: for defects that take two dossiers.

Bounded: only the latest are remembered.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from health_warehouse.synthetic.encounters import Dossier
from health_warehouse.synthetic.formulary import BEDS
from health_warehouse.synthetic.moments import day_of

_REMEMBERED = 400
_DIED = ("5", "8")
_IDENTITY = ("HO_TEN", "SO_CCCD", "NGAY_SINH", "GIOI_TINH", "MA_THE_BHYT", "MA_DKBD", "GT_THE_TU",
             "GT_THE_DEN")  # fmt: skip


class Inpatient(NamedTuple):
    facility: int
    """Index of the facility."""
    dossier: str
    """`<facility>/<MA_LK>`."""
    arrived: int
    ended: int
    identity: dict[str, str]
    """Elements of XML1 by which the person is known."""


class Occupied(NamedTuple):
    """A bed, or a surgeon, in use."""

    facility: int
    dossier: str
    """`<facility>/<MA_LK>`."""
    what: str
    """Code of the bed, or licence of the surgeon."""
    begin: str
    end: str
    """NGAY_TH_YL or NGAY_YL, and NGAY_KQ."""


class Visit(NamedTuple):
    """A dossier whose key somebody else may get."""

    facility: int
    dossier_id: str
    ended: int
    received_at: int
    identity: dict[str, str]


class Recent:
    def __init__(self) -> None:
        self._visits: deque[Visit] = deque(maxlen=_REMEMBERED)
        self._deaths: deque[Inpatient] = deque(maxlen=_REMEMBERED)
        self._inpatients: deque[Inpatient] = deque(maxlen=_REMEMBERED)
        self._beds: deque[Occupied] = deque(maxlen=_REMEMBERED)
        self._surgeons: deque[Occupied] = deque(maxlen=_REMEMBERED)

    def remember(self, dossier: Dossier, received_at: int, *, is_right: bool) -> None:
        """What was just written; `received_at` is the receipt of its file."""
        facility, header = dossier.facility.index, dossier.header
        identity = {element: header[element] for element in _IDENTITY}
        if is_right:
            self._visits.append(
                Visit(facility, dossier.dossier_id, dossier.stay.ended, received_at, identity)
            )
        if dossier.care != "03" or dossier.is_bare:
            return
        name = f"{dossier.facility.facility_id}/{dossier.dossier_id}"
        if header["SO_CCCD"] and header["MA_THE_BHYT"]:
            stay = dossier.stay
            inpatient = Inpatient(facility, name, stay.arrived, stay.ended, identity)
            self._inpatients.append(inpatient)
            if header["KET_QUA_DTRI"] in _DIED:
                self._deaths.append(inpatient)
        for line in dossier.services:
            texts = line.texts
            if line.group in BEDS and line.share == 100:
                times = texts["NGAY_YL"], texts["NGAY_KQ"]
                self._beds.append(Occupied(facility, name, texts["MA_GIUONG"], *times))
            elif line.group == "8":
                times = texts["NGAY_TH_YL"], texts["NGAY_KQ"]
                self._surgeons.append(Occupied(facility, name, texts["NGUOI_THUC_HIEN"], *times))

    def inpatients(self, dossier: Dossier, *, minutes: int = 0) -> Iterator[Inpatient]:
        """People who lay in any facility while this one did, for more than so long; the latest
        first."""
        stay = dossier.stay
        for each in reversed(self._inpatients):
            if min(each.ended, stay.ended) - max(each.arrived, stay.arrived) > minutes:
                yield each

    def deaths_before(self, dossier: Dossier, *, minutes: int) -> Iterator[Inpatient]:
        """People who died more than so long before this one came; the latest first."""
        for each in reversed(self._deaths):
            if each.ended + minutes < dossier.stay.arrived:
                yield each

    def visits_before(self, dossier: Dossier, received_at: int) -> Iterator[Visit]:
        """Right dossiers of this facility that ended on an earlier day and came in an earlier file,
        the latest first."""
        for each in reversed(self._visits):
            is_here = each.facility == dossier.facility.index
            is_earlier = day_of(each.ended) < day_of(dossier.stay.arrived)
            if is_here and is_earlier and each.received_at < received_at:
                yield each

    def beds(self, facility: int, begin: str, end: str) -> Iterator[Occupied]:
        """Beds of the facility that were taken at some time between two stamps."""
        for each in reversed(self._beds):
            if each.facility == facility and each.begin < end and begin < each.end:
                yield each

    def surgeons(self, facility: int, begin: str, end: str) -> Iterator[Occupied]:
        """Operations in the facility that lay within two stamps."""
        for each in reversed(self._surgeons):
            if each.facility == facility and begin < each.begin and each.end < end:
                yield each
