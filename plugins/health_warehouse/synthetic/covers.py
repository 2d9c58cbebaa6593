"""How a visit is paid: eligibility, benefit rate, method, help from other sources."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from health_warehouse.synthetic.pricing import OTHER_SOURCES
from health_warehouse.synthetic.province import NEW_CARE_FROM, Facility
from health_warehouse.synthetic.streams import Draw, Weighted, one_of

SMALL_BILL = 35_100_000
"""Hundredths of a đồng: 15 % of the base salary of 2,340,000 (NĐ 73/2024). Below, no co-payment."""
_STAYS = ("03", "04", "09")
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
    route_percent: int = 100
    """What is left of the benefit by the route that the patient came."""
    is_station: bool = False
    """Commune stations: no co-payment."""
    payment: str = "1"
    """MA_PTTT: 1 fee for service, 2 capitation."""
    supported: tuple[str, int] | None = None
    """(element of another source, percent of the patient's part that it pays)."""
    is_exempt: bool = False
    """Paid enough co-payment this year: NGAY_MIEN_CCT is given."""

    @property
    def is_insured(self) -> bool:
        return self.object_code != "9"

    def benefit(self, cards: str, in_scope: Callable[[], int]) -> int:
        """MUC_HUONG in tenths of a percent, by the best of the cards (";" list).

        `in_scope` tells the total inside the insurance scope, hundredths of a đồng: it is asked
        only where the benefit depends on it.
        """
        if not self.is_insured:
            return 0
        if self.is_station:
            return 1000
        if self.route_percent == 100 and (self.is_exempt or in_scope() < SMALL_BILL):
            return 1000
        best = max(_PERCENT_OF_DIGIT[number[2]] for number in cards.split(";"))
        return best * self.route_percent // 10


NEWBORN = Cover("1.7")
SELF_PAY = Cover("9")


def cover(
    draw: Draw, facility: Facility, care: str, day: int, is_insured: bool, is_referred: bool
) -> Cover:
    """For those not insured, and for health checks (15), nothing; some others get help."""
    object_code, route = _OBJECTS[facility.tier].draw(draw)
    support = draw()
    if not is_insured or care == "15":
        return SELF_PAY
    if route < 100 and care in _STAYS:
        object_code, route = ("1.15" if facility.tier == "regional centre" else "3.2"), 100
    if day < NEW_CARE_FROM and route < 100:
        object_code, route = "1.1", 100  # the 50 % of 1.13, 1.14 and 1.18 came on 01/07/2026
    if care == "07":
        object_code, route = "10", 100
    if is_referred:
        object_code, route = "1.3", 100
    supported = None
    if support < 0.03:
        supported = (one_of(draw, OTHER_SOURCES), one_of(draw, (30, 50, 100)))
    at_station = facility.tier == "commune station"
    is_exempt = support > 0.985 and not at_station and route == 100
    payment = "2" if at_station else "1"
    return Cover(object_code, route, at_station, payment, supported, is_exempt)
