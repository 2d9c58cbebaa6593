"""How a visit is paid: eligibility, benefit rate, method, help from other sources."""

from __future__ import annotations

from typing import NamedTuple

from health_warehouse.synthetic.lines import OTHER_SOURCES
from health_warehouse.synthetic.province import Facility
from health_warehouse.synthetic.streams import Draw, Weighted, one_of

_INPATIENT = ("03", "04", "09")
_OBJECTS: dict[str, Weighted[tuple[str, int]]] = {
    # (MA_DOITUONG_KCB, percent of the benefit that this route gives)
    "commune station": Weighted((8, ("1.1", 100)), (12, ("1.2", 100))),
    "private clinic": Weighted((12, ("1.1", 100)), (5, ("1.12", 100)), (3, ("1.11", 100))),
    "regional centre": Weighted(
        (10, ("1.1", 100)), (3, ("1.3", 100)), (1, ("1.5", 100)), (4, ("1.13", 50)), (2, ("2", 100))
    ),
    "provincial hospital": Weighted(
        (6, ("1.3", 100)), (3, ("1.5", 100)), (4, ("1.14", 50)), (3, ("1.18", 50)), (3, ("2", 100))
    ),
}
_PERCENT_OF_DIGIT = {"1": 100, "2": 100, "3": 95, "4": 80, "5": 100}
"""Benefit digit of the card (third character) to percent, standard §4.1."""


class Cover(NamedTuple):
    object_code: str
    """MA_DOITUONG_KCB; 9 = not insured."""
    route_percent: int
    """What is left of the benefit by the route that the patient came."""
    pays_in_full: bool
    """Commune stations: no co-payment."""
    payment: str
    """MA_PTTT: 1 fee for service, 2 capitation."""
    supported: tuple[str, int] | None
    """(element of another source, percent of the patient's part that it pays)."""

    @property
    def is_insured(self) -> bool:
        return self.object_code != "9"

    def benefit(self, cards: str) -> int:
        """MUC_HUONG in tenths of a percent, by the best of the cards (";" list)."""
        if not self.is_insured:
            return 0
        if self.pays_in_full:
            return 1000
        best = max(_PERCENT_OF_DIGIT[number[2]] for number in cards.split(";"))
        return best * self.route_percent // 10


NEWBORN = Cover("1.7", 100, True, "1", None)


def cover(draw: Draw, facility: Facility, care: str) -> Cover:
    """About one visit in fourteen is not insured; some of the rest get help from a fund."""
    if draw() < 0.07:
        return Cover("9", 0, False, "1", None)
    object_code, route = _OBJECTS[facility.tier].draw(draw)
    if route < 100 and care in _INPATIENT:
        object_code, route = ("1.15" if facility.tier == "regional centre" else "3.2"), 100
    if care == "07":
        object_code, route = "10", 100
    supported = None
    if draw() < 0.03:
        supported = (one_of(draw, OTHER_SOURCES), one_of(draw, (30, 50, 100)))
    at_station = facility.tier == "commune station"
    return Cover(object_code, route, at_station, "2" if at_station else "1", supported)
