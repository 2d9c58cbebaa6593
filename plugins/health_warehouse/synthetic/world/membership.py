"""Who holds a valid card, by commune, group, age and sex: never more than there are people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from health_warehouse.synthetic.streams import apportion, stream, whole
from health_warehouse.synthetic.world.places import OLDEST, Commune
from health_warehouse.synthetic.world.sizes import Size

AGE_BANDS = {
    "0-5": (0, 5), "6-17": (6, 17), "18-59": (18, 59), "60-74": (60, 74), "75+": (75, OLDEST),
}  # fmt: skip
_GROUPS: dict[str, tuple[tuple[str, int], ...]] = {
    "0-5": (("TE", 100),),
    "6-17": (("HS", 78), ("GD", 8), ("CN", 8), ("HN", 6)),
    "18-59": (("GD", 46), ("DN", 27), ("HC", 8), ("CN", 8), ("HN", 7), ("CC", 4)),
    "60-74": (("GD", 48), ("HT", 30), ("CN", 9), ("HN", 8), ("CC", 5)),
    "75+": (("GD", 30), ("HT", 36), ("LH", 24), ("HN", 10)),
}
"""Groups of card holders by age, of a hundred; the mix is usual, not measured."""


@dataclass(frozen=True)
class Members:
    commune_code: str
    group: str
    age_band: str
    sex: int
    """1 men, 2 women."""
    count: int
    registered_here: int
    """Of these, registered with a facility of the province."""


def members(size: Size, commune: Commune, months: int) -> Iterator[Members]:
    """At the end of the month that is `months` after the first; a little more every month.

    Over the province they are the share of people that `size` asks for, but for roundings.
    """
    draw = stream(size.seed, "members", commune.code)
    share = size.coverage + whole(draw, -8, 8)
    share = min(999, share + months)
    for band, (low, high) in AGE_BANDS.items():
        for sex in (1, 2):
            insured = commune.aged(sex - 1, low, high) * share // 1000
            groups = _GROUPS[band]
            counts = apportion(insured, [weight for _, weight in groups])
            for (group, _), count in zip(groups, counts, strict=True):
                here = count * whole(draw, 930, 985) // 1000
                yield Members(commune.code, group, band, sex, count, here)
