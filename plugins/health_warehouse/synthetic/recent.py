"""Who was where a short while ago: for defects that take two dossiers.

Bounded: only the latest are remembered.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from health_warehouse.synthetic.encounters import Dossier
from health_warehouse.synthetic.formulary import BEDS

_REMEMBERED = 400
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


class Recent:
    def __init__(self) -> None:
        self._inpatients: deque[Inpatient] = deque(maxlen=_REMEMBERED)
        self._beds: deque[Occupied] = deque(maxlen=_REMEMBERED)
        self._surgeons: deque[Occupied] = deque(maxlen=_REMEMBERED)

    def remember(self, dossier: Dossier) -> None:
        facility, header = dossier.facility.index, dossier.header
        if dossier.care != "03" or dossier.is_bare:
            return
        name = f"{dossier.facility.facility_id}/{dossier.dossier_id}"
        if header["SO_CCCD"] and header["MA_THE_BHYT"]:
            identity = {element: header[element] for element in _IDENTITY}
            stay = dossier.stay
            self._inpatients.append(Inpatient(facility, name, stay.arrived, stay.ended, identity))
        for line in dossier.services:
            texts = line.texts
            if line.group in BEDS and line.share == 100:
                times = texts["NGAY_YL"], texts["NGAY_KQ"]
                self._beds.append(Occupied(facility, name, texts["MA_GIUONG"], *times))
            elif line.group == "8":
                times = texts["NGAY_TH_YL"], texts["NGAY_KQ"]
                self._surgeons.append(Occupied(facility, name, texts["NGUOI_THUC_HIEN"], *times))

    def inpatients_elsewhere(self, dossier: Dossier) -> Iterator[Inpatient]:
        """People who were in another facility while this one was here, the latest first."""
        stay = dossier.stay
        for each in reversed(self._inpatients):
            elsewhere = each.facility != dossier.facility.index
            if elsewhere and each.arrived < stay.ended and stay.arrived < each.ended:
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
