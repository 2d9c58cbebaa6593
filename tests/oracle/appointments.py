"""Which visit keeps an appointment. Standard library only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from oracle.visits import Visit, moment


def kept(
    given_at: Visit, appointed: date, visits: Iterable[Visit]
) -> tuple[int, Visit] | tuple[None, None]:
    """The later visit that is nearest, from 7 days before to 14 days after; how many days after."""
    came = [
        ((moment(visit.value("NGAY_VAO")).date() - appointed).days, visit)
        for visit in visits
        if visit.person == given_at.person
        and visit.facility_id == given_at.facility_id
        and visit.value("NGAY_VAO") > given_at.value("NGAY_VAO")
    ]
    near = [(days, visit) for days, visit in came if -7 <= days <= 14]
    if not near:
        return None, None
    return min(near, key=lambda each: (abs(each[0]), each[1].value("NGAY_VAO")))
