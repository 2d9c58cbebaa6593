"""The facilities of the province, by tier.

Codes begin with 96 (Cà Mau) or 95 (the former Bạc Liêu, merged in 2025): a prefix does not tell
the province. Names are fictional.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from health_warehouse.synthetic.people import COMMUNES
from health_warehouse.synthetic.streams import Weighted

Tier = Literal["provincial hospital", "regional centre", "commune station", "private clinic"]
_CARE: dict[Tier, Weighted[str]] = {
    "provincial hospital": Weighted(
        (50, "01"), (4, "02"), (28, "03"), (3, "04"), (9, "05"), (3, "07"), (1, "08"), (2, "09")
    ),
    "regional centre": Weighted(
        (62, "01"), (5, "02"), (16, "03"), (2, "04"), (10, "05"), (2, "07"), (1, "08"), (2, "09")
    ),
    "commune station": Weighted((80, "01"), (4, "02"), (10, "05"), (4, "06"), (2, "07")),
    "private clinic": Weighted((82, "01"), (6, "02"), (10, "05"), (1, "04"), (1, "09")),
}
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


@dataclass(frozen=True)
class Facility:
    index: int
    facility_id: str
    """MACSKCB, 5 characters."""
    name: str
    tier: Tier

    @property
    def volume(self) -> int:
        """Weight of its share of the province's dossiers."""
        return _VOLUME[self.tier]

    @property
    def care(self) -> Weighted[str]:
        """Mix of MA_LOAI_KCB."""
        return _CARE[self.tier]

    @property
    def is_nested(self) -> bool:
        """Its software writes NOIDUNGFILE as plain nested XML instead of base64."""
        return self.index % 8 == 3

    @property
    def swaps_payers(self) -> bool:
        """Its software writes T_BHTT before T_BNCCT before T_BNTT, as some real ones do."""
        return self.index % 5 == 1

    @property
    def closes_empty(self) -> bool:
        """Its software writes empty elements of the header as `<A/>`."""
        return self.index % 3 == 2


def facilities(count: int) -> tuple[Facility, ...]:
    """The first `count` facilities; the same whatever the seed."""
    return tuple(_facility(index) for index in range(count))


def referral_targets(of: Facility, among: tuple[Facility, ...]) -> tuple[str, ...]:
    """Codes of the facilities that take transfers from `of`: higher tiers, else outside."""
    rank = list(_VOLUME)
    higher = {"provincial hospital"} if of.tier == "regional centre" else set(rank[:2])
    inside = [f.facility_id for f in among if f.tier in higher and f.index != of.index]
    if of.tier == "provincial hospital" or not inside:
        return ("92001", "79010", "79025")  # specialised hospitals of Cần Thơ and TP.HCM
    return tuple(inside)


def _facility(index: int) -> Facility:
    # Two provincial hospitals at most: Cà Mau's and the former Bạc Liêu's.
    tier = _PATTERN[index % len(_PATTERN)]
    if tier == "provincial hospital" and index >= 2 * len(_PATTERN):
        tier = "commune station"
    prefix = "95" if index % 3 == 1 else "96"
    _, place = COMMUNES[index % len(COMMUNES)]
    title = place.split(" ", 1)[1]
    name = {
        "provincial hospital": f"Bệnh viện Đa khoa tỉnh số {index // len(_PATTERN) + 1}",
        "regional centre": f"Trung tâm Y tế khu vực {title}",
        "commune station": f"Trạm Y tế {place}",
        "private clinic": f"Phòng khám đa khoa {title}",
    }[tier]
    return Facility(index, f"{prefix}{index + 1:03d}", name, tier)
