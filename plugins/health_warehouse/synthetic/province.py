"""The facilities that send claims, by tier.

Codes in Cà Mau begin with 96 or with 95 (the former Bạc Liêu, merged in 2025): a prefix does not
tell the province. Names are fictional.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from health_warehouse.synthetic.geography import CA_MAU, MERGER, Commune, own_communes
from health_warehouse.synthetic.streams import Weighted
from health_warehouse.synthetic.vendors import VENDORS, Vendor

Tier = Literal["provincial hospital", "regional centre", "commune station", "private clinic"]
_CARE: dict[Tier, tuple[tuple[int, str], ...]] = {
    "provincial hospital": (
        (46, "01"), (4, "02"), (28, "03"), (3, "04"), (9, "05"), (3, "07"), (1, "08"), (2, "09"),
        (1, "10"), (1, "14"), (2, "15"), (1, "16"),
    ),
    "regional centre": (
        (58, "01"), (5, "02"), (16, "03"), (2, "04"), (10, "05"), (2, "07"), (1, "08"), (2, "09"),
        (1, "11"), (2, "15"), (1, "16"),
    ),
    "commune station": (
        (70, "01"), (4, "02"), (10, "05"), (4, "06"), (2, "07"), (2, "11"), (3, "12"), (3, "13"),
        (2, "16"),
    ),
    "private clinic": (
        (76, "01"), (6, "02"), (8, "05"), (1, "04"), (1, "09"), (2, "13"), (5, "15"), (1, "16"),
    ),
}  # fmt: skip
_BED_NIGHTS = {"03": 5, "04": 1, "09": 1}
"""MA_LOAI_KCB of stays in a bed of a hospital, with their nights on average."""
_NEW_CARE = ("10", "11", "12", "13", "14", "15", "16")
"""Types of care that came with QĐ 1804/2026; before it the list ended with 09."""
NEW_CARE_FROM = 739798
"""01/07/2026 as an ordinal day."""
_VOLUME: dict[Tier, int] = {
    "provincial hospital": 24,
    "regional centre": 12,
    "commune station": 2,
    "private clinic": 4,
}
_PATTERN: tuple[Tier, ...] = (
    "provincial hospital",
    "regional centre",
    "commune station",
    "private clinic",
    "commune station",
    "regional centre",
    "commune station",
    "commune station",
)
_INPATIENT_TIERS = ("provincial hospital", "regional centre")
OUTSIDE = ("92001", "79010", "79025")
"""Specialised hospitals of Cần Thơ and TP.HCM: their own files go elsewhere."""


@dataclass(frozen=True, eq=False)
class Facility:
    index: int
    facility_id: str
    """MACSKCB, 5 characters."""
    name: str
    tier: Tier
    commune: Commune
    """Where it is since 01/07/2025; stations are in a commune each, as long as there are any."""

    @property
    def province(self) -> str:
        return self.commune.province

    @property
    def volume(self) -> int:
        """Weight of its share of the province's dossiers."""
        return _VOLUME[self.tier]

    @cached_property
    def _care(self) -> tuple[Weighted[str], Weighted[str]]:
        old = tuple(pair for pair in _CARE[self.tier] if pair[1] not in _NEW_CARE)
        return Weighted(*old), Weighted(*_CARE[self.tier])

    def care(self, day: int) -> Weighted[str]:
        """Mix of MA_LOAI_KCB on a day (ordinal)."""
        return self._care[day >= NEW_CARE_FROM]

    @property
    def nights(self) -> float:
        """Nights in a bed of a hospital, of an average dossier; a stay by day is one."""
        total = sum(weight for weight, _ in _CARE[self.tier])
        return sum(weight * _BED_NIGHTS.get(care, 0) for weight, care in _CARE[self.tier]) / total

    @cached_property
    def vendor(self) -> Vendor:
        """Whose software writes its files."""
        return VENDORS[self.index % len(VENDORS)]

    @property
    def is_higher(self) -> bool:
        """Takes transfers from stations and clinics."""
        return self.tier in _INPATIENT_TIERS

    @property
    def summarises_all(self) -> bool:
        """Takes part in the health book: XML8 for every visit, not only stays."""
        return self.index % 4 == 2

    @property
    def head(self) -> str:
        """MA_TTDV: number of the one who signs for the facility."""
        return f"{1_000_000 + self.index:010d}"

    def practitioner(self, number: int) -> str:
        """Practice licence of its practitioner `number` (below 500): doctors, technicians, …"""
        return f"{self.index * 500 + number:06d}/CM-CCHN"


def facilities(count: int, province: str = CA_MAU) -> tuple[Facility, ...]:
    """The first `count` facilities of a province; the same whatever the seed."""
    communes = own_communes(province, MERGER)
    found: list[Facility] = []
    stations = 0
    for index in range(count):
        tier = _tier(index)
        place = 5 * index
        if tier == "commune station":
            place, stations = stations, stations + 1
        found.append(_facility(index, tier, communes[place % len(communes)]))
    return tuple(found)


def referral_targets(of: Facility, among: tuple[Facility, ...]) -> tuple[Facility, ...]:
    """Facilities of the province that take transfers from `of`, its usual one first; () = none.

    A regional centre sends to provincial hospitals; stations and clinics to the two higher tiers.
    """
    if of.tier == "provincial hospital":
        return ()
    higher = [
        each
        for each in among
        if each.is_higher and (not of.is_higher or each.tier == "provincial hospital")
    ]
    if not higher:
        return ()
    usual = of.index % len(higher)
    return (higher[usual], higher[usual - 1]) if len(higher) > 1 else (higher[0],)


def _tier(index: int) -> Tier:
    # Two provincial hospitals at most: Cà Mau's and the former Bạc Liêu's.
    tier = _PATTERN[index % len(_PATTERN)]
    if tier == "provincial hospital" and index >= 2 * len(_PATTERN):
        return "commune station"
    return tier


def _facility(index: int, tier: Tier, commune: Commune) -> Facility:
    prefix = "95" if commune.province == CA_MAU and index % 3 == 1 else commune.province
    title = commune.name.split(" ", 1)[1]
    name = {
        "provincial hospital": f"Bệnh viện Đa khoa tỉnh số {index // len(_PATTERN) + 1}",
        "regional centre": f"Trung tâm Y tế khu vực {title}",
        "commune station": f"Trạm Y tế {commune.name}",
        "private clinic": f"Phòng khám đa khoa {title}",
    }[tier]
    return Facility(index, f"{prefix}{index + 1:03d}", name, tier, commune)
