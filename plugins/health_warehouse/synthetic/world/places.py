"""Communes and their people, by sex and year of age."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from health_warehouse.reference import administrative_units
from health_warehouse.synthetic import geography
from health_warehouse.synthetic.streams import apportion, stream, whole
from health_warehouse.synthetic.world.sizes import Size

OLDEST = 80
"""The last year of age: 80 and more."""
# People by five years of age, of a thousand; the shape of the southern provinces, not measured.
_BANDS = (66, 74, 77, 72, 66, 70, 77, 80, 76, 71, 66, 58, 50, 41, 28, 16, 12)
_MALE = (522, 520, 518, 516, 512, 508, 505, 503, 500, 496, 490, 484, 474, 462, 446, 430, 380)
"""Of a thousand of the band."""


@dataclass(frozen=True)
class Commune:
    code: str
    name: str
    """With its kind, in small letters: `xã Đất Mũi`."""
    province_code: str
    former: tuple[geography.Commune, ...]
    """Communes of before 01/07/2025 that its station and points served."""
    people: tuple[tuple[int, ...], tuple[int, ...]]
    """Men and women by year of age, 0 to 80 and more, in the middle of the last year."""
    live_births: int
    """Of that year."""

    @cached_property
    def population(self) -> int:
        return sum(map(sum, self.people))

    def aged(self, sex: int, low: int, high: int) -> int:
        """People of a sex (0 men, 1 women) of `low` to `high` years, both included."""
        return sum(self.people[sex][low : high + 1])


def communes(size: Size) -> tuple[Commune, ...]:
    """The communes of the province, since 01/07/2025 or before; their people add up to `people`."""
    former = _former(size.province_code)
    named: Sequence[geography.Commune]
    old: Sequence[geography.Commune]
    if size.is_before_merger:
        named, old = former, ()
    else:
        named, old = geography.own_communes(size.province_code, geography.MERGER), former
    draw = stream(size.seed, "communes")
    counts = apportion(size.people, [whole(draw, 62, 140) for _ in named])
    return tuple(
        _commune(size, each, old[place :: len(named)][:3], count)
        for place, (each, count) in enumerate(zip(named, counts, strict=True))
    )


def _former(province_code: str) -> Sequence[geography.Commune]:
    """The communes of before the merger."""
    if province_code == geography.CA_MAU:
        return geography.communes(is_merged=False)
    return [
        geography.Commune(each.commune_code, province_code, "", each.name, "")
        for each in sorted(administrative_units.communes())
        if each.province_code == province_code and each.valid_to is not None
    ]


def _commune(
    size: Size, place: geography.Commune, former: Sequence[geography.Commune], count: int
) -> Commune:
    draw = stream(size.seed, "commune", place.code)
    bands = apportion(count, [weight * whole(draw, 92, 108) for weight in _BANDS])
    men: list[int] = []
    women: list[int] = []
    for at, (band, male) in enumerate(zip(bands, _MALE, strict=True)):
        of_men = band * (male + whole(draw, -6, 6)) // 1000
        years = 1 if at == len(_BANDS) - 1 else 5
        men += apportion(of_men, [1] * years)
        women += apportion(band - of_men, [1] * years)
    births = (men[0] + women[0]) * 1012 // 1000
    return Commune(
        code=place.code,
        name=place.name,
        province_code=size.province_code,
        former=tuple(former),
        people=(tuple(men), tuple(women)),
        live_births=births,
    )
