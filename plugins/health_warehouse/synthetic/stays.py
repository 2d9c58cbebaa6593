"""When a patient came and when care ended."""

from __future__ import annotations

from typing import NamedTuple

from health_warehouse.synthetic.moments import DAY, at, day_of
from health_warehouse.synthetic.schedule import LONGEST_STAY, Slot
from health_warehouse.synthetic.streams import Draw, one_of, whole

INPATIENT = ("03", "04", "09")
"""MA_LOAI_KCB of stays in a bed of a hospital."""


class Stay(NamedTuple):
    arrived: int
    admitted: int | None
    ended: int
    """NGAY_RA."""
    seen_until: int
    """Last moment at which something is ordered: the ones after are days of medicine at home."""
    days: int
    """SO_NGAY_DTRI."""
    nights: int = 0


def stay_of(draw: Draw, care: str, day: int) -> Stay:
    """When the patient came and when care ended. SO_NGAY_DTRI follows standard §3.2."""
    closed = at(day, whole(draw, 10, 16), whole(draw, 0, 59))
    if care in ("03", "06"):
        nights = whole(draw, 1, LONGEST_STAY if care == "03" else 3)
        arrived = at(day - nights, whole(draw, 5, 20), whole(draw, 0, 59))
        return Stay(arrived, arrived + whole(draw, 5, 55), closed, closed, nights + 1, nights)
    if care == "04":  # a day, never below the four hours of 09
        arrived = at(day, 5, whole(draw, 0, 50))
        return Stay(arrived, arrived + whole(draw, 5, 55), closed, closed, 1)
    if care == "09":
        arrived = closed - whole(draw, 60, 230)
        return Stay(arrived, arrived + 10, closed, closed, 0)
    if care == "02":
        before, after = whole(draw, 0, 5), whole(draw, 0, 4)
        end = at(day + after, 23, 59)
        return Stay(closed - before * DAY - 60, None, end, closed, before + after + 1)
    if care in ("05", "07"):
        days = one_of(draw, (14, 28, 28, 30))
        end = at(day + days - 1, 23, 59)
        return Stay(closed - whole(draw, 20, 90), None, end, closed, days if care == "05" else 0)
    if care == "08":
        return Stay(closed - 60, None, closed, closed, 1)
    return Stay(closed - whole(draw, 15, 180), None, closed, closed, 0)


def arrival(draw: Draw, slot: Slot, left: int) -> Stay:
    """After a transfer at minute `left`: within five hours, or on one of the next two days.

    Who is only seen is done with before midnight, also at the second place he was sent on to on one
    day: what is delivered the same evening cannot have ended the next day.
    """
    origin = slot.origin
    arrived = left + whole(draw, 30, 300)
    nights = 0
    if origin is not None:
        nights = origin.nights
        if origin.lag_days:
            arrived = at(origin.day + origin.lag_days, whole(draw, 6, 12), whole(draw, 0, 59))
    if not nights:
        midnight = at(slot.day + 1, 0, 0)
        if day_of(left) == slot.day:
            arrived = min(arrived, left + (midnight - left) // 3)
        closed = min(arrived + whole(draw, 20, 100), arrived + (midnight - arrived) // 2)
        return Stay(arrived, None, closed, closed, 0)
    closed = at(slot.day, whole(draw, 10, 16), whole(draw, 0, 59))
    # Of somebody sent on late in the evening the first night is over on arrival.
    nights = slot.day - day_of(arrived)
    return Stay(arrived, arrived + whole(draw, 5, 55), closed, closed, nights + 1, nights)
