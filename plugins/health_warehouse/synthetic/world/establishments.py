"""What a facility is, and what it was: one period after the other.

A facility has the old tier until the end of 2024, a professional level since; its commune and
province are those of the day, so they change with the merger of 01/07/2025; stations go to the
communes on 01/01/2026.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import zip_longest

from health_warehouse.synthetic import people
from health_warehouse.synthetic.geography import Commune
from health_warehouse.synthetic.streams import Draw, stream, whole

LEVELS_FROM = date(2025, 1, 1)
MERGED_ON = date(2025, 7, 1)
COMMUNES_MANAGE_FROM = date(2026, 1, 1)
_DAYS_OF_LAW = (LEVELS_FROM, MERGED_ON, COMMUNES_MANAGE_FROM)
_LICENSED_FROM = date(2015, 3, 2)

INPATIENT = ("hospital_general", "hospital_specialised", "hospital_traditional", "regional_centre")
CARE = (*INPATIENT, "clinic_general", "clinic_regional", "commune_station", "station_point")
"""Facility types that examine patients."""


@dataclass(frozen=True)
class Beds:
    planned: int = 0
    registered: int | None = None
    """Of private hospitals."""
    actual: int = 0
    icu: int = 0
    emergency: int = 0
    negative_pressure: int = 0
    operating_tables: int = 0
    delivery_tables: int = 0


@dataclass(frozen=True)
class Period:
    """What holds from a day to a day, both included; open when `valid_to` is None."""

    valid_from: date
    valid_to: date | None
    name: str
    ownership: str
    governing_body: str
    parent_code: str | None
    level: str | None
    points: int | None
    old_tier: str | None
    hospital_class: str | None
    province_code: str
    district_code: str | None
    commune_code: str
    beds: Beds
    status: str = "active"
    told_on: date | None = None
    """First day on which the registry knows of the period; None: when it begins."""

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def is_known_on(self, day: date) -> bool:
        return (self.told_on or self.valid_from) <= day


@dataclass(frozen=True)
class Establishment:
    """A facility of the registry with all its periods, the earliest first."""

    code: str
    """MA_CSKCB."""
    gln: str
    kind: str
    """Of the list facility_type."""
    specialty: str | None
    licence_no: str
    licence_date: date
    head_name: str
    has_contract: bool
    is_training_site: bool
    address: str
    latitude: float
    longitude: float
    phone: str
    founded_year: int
    periods: tuple[Period, ...]
    claims_index: int | None = None
    """Index of the facility that writes claims; None: it sends none."""

    def on(self, day: date) -> Period | None:
        """The period of a day."""
        return next((period for period in self.periods if period.holds_on(day)), None)

    def known_on(self, day: date) -> Iterator[Period]:
        """The periods as the registry of a day has them. What will end is open; but everybody
        knows beforehand when the law changes something."""
        known = [period for period in self.periods if period.is_known_on(day)]
        for period, following in zip_longest(known, known[1:]):
            end = None if following is None else following.valid_from - timedelta(days=1)
            if following is None and period.valid_to is not None:
                is_law = period.valid_to + timedelta(days=1) in _DAYS_OF_LAW
                end = period.valid_to if is_law else None
            yield replace(period, valid_to=end)

    def with_beds(self, beds: Beds, day: date, told_on: date) -> Establishment:
        """The same, with other beds from a day on, which is told later."""
        before = replace(self.periods[-1], valid_to=day - timedelta(days=1))
        after = replace(self.periods[-1], valid_from=day, beds=beds, told_on=told_on)
        return replace(self, periods=(*self.periods[:-1], before, after))

    def ended(self, day: date, status: str) -> Establishment:
        """The same, of another status from a day on."""
        kept = [period for period in self.periods if period.valid_from < day]
        before = replace(kept[-1], valid_to=day - timedelta(days=1))
        after = replace(kept[-1], valid_from=day, valid_to=None, status=status)
        return replace(self, periods=(*kept[:-1], before, after))

    def is_active_on(self, day: date) -> bool:
        period = self.on(day)
        return period is not None and period.status == "active"

    @property
    def is_public(self) -> bool:
        return self.periods[-1].ownership.startswith("public")


@dataclass(frozen=True)
class Draft:
    """What is decided about a facility before its history is written."""

    code: str
    kind: str
    name: str
    commune_code: str
    commune_name: str
    ownership: str = "public_province"
    parent_code: str | None = None
    beds: Beds = Beds()
    level: str | None = None
    points: int | None = None
    tier: str | None = None
    hospital_class: str | None = None
    specialty: str | None = None
    opened: date = _LICENSED_FROM
    former: Commune | None = None
    """Commune of before the merger."""
    former_parent: str | None = None
    """Of a station: the centre that managed it until the communes did."""
    claims_index: int | None = None
    has_contract: bool = True


def established(draft: Draft, seed: int, province_code: str, place: int) -> Establishment:
    """The facility with its history; `place` is its number in the registry."""
    draw = stream(seed, "establishment", draft.code)
    return Establishment(
        code=draft.code,
        gln=gln(place),
        kind=draft.kind,
        specialty=draft.specialty,
        licence_no=f"{whole(draw, 10, 999):05d}/{province_code}-GPHĐ",
        licence_date=draft.opened - timedelta(days=whole(draw, 20, 200)),
        head_name=people.name_of(draw, "1" if draw() < 0.6 else "2"),
        has_contract=draft.has_contract,
        is_training_site=draft.hospital_class in ("1", "2"),
        address=f"Số {whole(draw, 1, 400)}, {draft.commune_name}",
        **_position(draw, province_code),
        phone=f"029{whole(draw, 0, 1)}{whole(draw, 3_500_000, 3_999_999)}",
        founded_year=draft.opened.year - whole(draw, 0, 20),
        periods=tuple(_history(draft, province_code, draw)),
        claims_index=draft.claims_index,
    )


_CENTRES = {"96": (9.18, 105.15), "11": (21.4, 103.0), "56": (12.25, 109.1), "22": (21.0, 107.3)}


def _position(draw: Draw, province_code: str) -> dict[str, float]:
    latitude, longitude = _CENTRES[province_code]
    return {
        "latitude": round(latitude + whole(draw, -3000, 3000) / 10_000, 4),
        "longitude": round(longitude + whole(draw, -3000, 3000) / 10_000, 4),
    }


def gln(place: int) -> str:
    """13 digits of a global location number with its check digit; 893 is Viet Nam."""
    digits = f"8930096{place:05d}"
    total = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def _history(draft: Draft, province_code: str, draw: Draw) -> Iterator[Period]:
    """The periods: cut where the law changed something that the registry says."""
    is_station = draft.kind in ("commune_station", "station_point")
    now = Period(
        valid_from=draft.opened,
        valid_to=None,
        name=draft.name,
        ownership=draft.ownership,
        governing_body=_governing(draft),
        parent_code=draft.parent_code,
        level=draft.level,
        points=draft.points,
        old_tier=None,
        hospital_class=draft.hospital_class,
        province_code=province_code,
        district_code=None,
        commune_code=draft.commune_code,
        beds=draft.beds,
    )
    changes: list[tuple[date, Callable[[Period], Period]]] = []
    if is_station:
        changes.append((COMMUNES_MANAGE_FROM, _before_communes_manage(draft)))
    if draft.former is not None:
        changes.append((MERGED_ON, _before_merger(draft.former)))
    if draft.tier is not None:
        beds = replace(draft.beds, planned=draft.beds.planned * whole(draw, 88, 97) // 100)
        changes.append((LEVELS_FROM, _before_levels(draft.tier, beds)))
    # From now backwards: each step says what was different before its day.
    periods = []
    for day, earlier in changes:
        if day <= draft.opened:
            break
        periods.append(replace(now, valid_from=day))
        now = replace(earlier(now), valid_to=day - timedelta(days=1))
    yield replace(now, valid_from=draft.opened)
    yield from reversed(periods)


def _governing(draft: Draft) -> str:
    match draft.ownership:
        case "public_commune":
            return f"UBND {draft.commune_name}"
        case "private":
            return f"Công ty TNHH {draft.name.rsplit(' ', 2)[-2]} {draft.name.rsplit(' ', 1)[-1]}"
        case _:
            return "Sở Y tế"


def _before_communes_manage(draft: Draft) -> Callable[[Period], Period]:
    parent = draft.former_parent if draft.kind == "commune_station" else draft.parent_code

    def earlier(period: Period) -> Period:
        return replace(
            period,
            ownership="public_province",
            governing_body="Sở Y tế",
            parent_code=parent,
        )

    return earlier


def _before_merger(former: Commune) -> Callable[[Period], Period]:
    """Place as the old lists have it; in Cà Mau two provinces became one."""

    def earlier(period: Period) -> Period:
        return replace(
            period,
            commune_code=former.code,
            province_code=former.province,
            district_code=former.district or None,
        )

    return earlier


def _before_levels(tier: str, beds: Beds) -> Callable[[Period], Period]:
    def earlier(period: Period) -> Period:
        return replace(period, level=None, points=None, old_tier=tier, beds=beds)

    return earlier
