"""Who holds a valid card, by commune, group, age and sex: never more than there are people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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


def members(size: Size, communes: Sequence[Commune], months: int) -> Iterator[Members]:
    """At the end of the month that is `months` after the first.

    In the first they are the share of all people that `size` asks for; every month a thousandth
    more. Communes differ by less than a hundredth.
    """
    share = min(990, size.coverage + months)
    cells = [(commune, band, sex) for commune in communes for band in AGE_BANDS for sex in (1, 2)]
    weights = [
        commune.aged(sex - 1, *AGE_BANDS[band]) * (1000 + _taste(size, commune))
        for commune, band, sex in cells
    ]
    insured = apportion(sum(each.population for each in communes) * share // 1000, weights)
    for (commune, band, sex), total in zip(cells, insured, strict=True):
        draw = stream(size.seed, "members", commune.code, band, sex)
        groups = _GROUPS[band]
        counts = apportion(total, [weight for _, weight in groups])
        for (group, _), count in zip(groups, counts, strict=True):
            here = count * whole(draw, 930, 985) // 1000
            yield Members(commune.code, group, band, sex, count, here)


def _taste(size: Size, commune: Commune) -> int:
    """How many more, or fewer, of a thousand are insured in a commune than elsewhere."""
    return whole(stream(size.seed, "members", commune.code), -8, 8)
