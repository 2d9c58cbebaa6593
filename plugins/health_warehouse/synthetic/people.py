"""Fictional people: names, birth dates, citizen ids, insurance numbers.

A person is a number; the same number is the same person at every facility.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from health_warehouse.synthetic.streams import Draw, Weighted, one_of, stream, whole

_FAMILY = Weighted(
    (38, "Nguyễn"), (11, "Trần"), (10, "Lê"), (7, "Phạm"), (5, "Huỳnh"), (5, "Phan"), (4, "Võ"),
    (4, "Đặng"), (3, "Bùi"), (3, "Đỗ"), (3, "Hồ"), (2, "Ngô"), (2, "Dương"), (1, "Lý"),
    (1, "Thạch"), (1, "Sơn"), (1, "Châu"), (1, "Quách"),
)  # fmt: skip
_MIDDLE = {
    "1": ("Văn", "Hữu", "Minh", "Quốc", "Thanh", "Hoàng", "Công", "Đức", "Trọng", "Chí"),
    "2": ("Thị", "Ngọc", "Thị Mỹ", "Thị Bích", "Kim", "Thị Hồng", "Thúy", "Thị Cẩm", "Như", "Thu"),
}
_GIVEN = {
    "1": ("An", "Bình", "Cường", "Dũng", "Đạt", "Giàu", "Hải", "Hùng", "Khang", "Lộc", "Mẫn",
          "Nghĩa", "Phúc", "Quân", "Sang", "Tài", "Thắng", "Út", "Vinh", "Ý"),
    "2": ("Anh", "Bé", "Chi", "Diễm", "Đào", "Giang", "Hạnh", "Hương", "Khuyên", "Lan", "Mai",
          "Ngân", "Oanh", "Phượng", "Quyên", "Sương", "Thảo", "Tuyền", "Vân", "Yến"),
}  # fmt: skip
_CARD_GROUP = Weighted(
    (40, "GD4"), (18, "DN4"), (8, "HS4"), (8, "TE1"), (6, "HT3"), (5, "HC4"), (4, "HN2"),
    (4, "CN2"), (3, "CC1"), (2, "DT2"), (2, "LH2"),
)  # fmt: skip
_YEARS = {"TE1": (2020, 2023), "HS4": (2008, 2019), "HT3": (1940, 1966), "LH2": (1935, 1950)}
"""Birth years of small children, pupils, pensioners and the very old; the rest are adults."""
_EMPLOYED = ("DN4", "HC4")
_ETHNIC = Weighted((92, "01"), (5, "05"), (3, "04"))  # Kinh, Khmer, Hoa
_OCCUPATION = {"DN4": "75110", "HC4": "33530", "GD4": "61110", "HT3": "00000"}
_BLOOD_GROUP = Weighted((43, "O+"), (30, "B+"), (21, "A+"), (5, "AB+"), (1, "O-"))


FIRST_TRANSFERRED = 50_000_000
"""From this number on: people who come to be transferred. Others never have such numbers."""


class Person(NamedTuple):
    number: int
    name: str
    sex: str
    """GIOI_TINH: 1 male, 2 female."""
    birth: str
    """NGAY_SINH, yyyymmddHHMM with zeros for what is not known."""
    citizen_id: str
    """SO_CCCD; blank when the person has none at hand."""
    insurance_number: str
    """BHXH number, 10 digits."""
    card_group: str
    """First three characters of the card: object group and benefit digit."""
    phone: str
    ethnic: str
    blood_group: str
    """Blank when not known."""
    is_insured: bool

    @property
    def year(self) -> int:
        return int(self.birth[:4])

    @property
    def is_employed(self) -> bool:
        return self.card_group in _EMPLOYED

    @property
    def occupation(self) -> str:
        """MA_NGHE_NGHIEP."""
        return _OCCUPATION.get(self.card_group, "00000")

    def weight(self, year: int) -> str:
        """CAN_NANG in the year, kg."""
        age = year - self.year
        if age < 16:
            return f"{8 + age * 3}.{self.number % 100:02d}"
        return str(42 + self.number % 35)


def name_of(draw: Draw, sex: str) -> str:
    return f"{_FAMILY.draw(draw)} {one_of(draw, _MIDDLE[sex])} {one_of(draw, _GIVEN[sex])}"


@lru_cache(maxsize=20_000)
def person(seed: int, number: int) -> Person:
    """Person `number` of the province; cached, because people come back within days."""
    draw = stream(seed, "person", number)
    sex = "1" if draw() < 0.46 else "2"
    group = _CARD_GROUP.draw(draw)
    year = whole(draw, *_YEARS.get(group, (1948, 2006)))
    return Person(
        number=number,
        name=name_of(draw, sex),
        sex=sex,
        birth=_birth(draw, year),
        citizen_id=_citizen_id(draw, sex, year, number),
        insurance_number=f"96{number:08d}",
        card_group=group,
        phone=f"09{whole(draw, 0, 99_999_999):08d}" if draw() < 0.6 else "",
        ethnic=_ETHNIC.draw(draw),
        blood_group=_BLOOD_GROUP.draw(draw) if draw() < 0.15 else "",
        is_insured=draw() < 0.94,
    )


def _birth(draw: Draw, year: int) -> str:
    if year < 1970 and draw() < 0.4:
        return f"{year}00000000"  # many old people only know the year
    return f"{year}{whole(draw, 1, 12):02d}{whole(draw, 1, 28):02d}0000"


def _citizen_id(draw: Draw, sex: str, year: int, number: int) -> str:
    """12 digits; else the old 9-digit card, a passport (capital and 7 digits), or nothing."""
    kind = draw()
    if kind < 0.08:
        return ""
    if kind < 0.11:
        return f"38{number % 10_000_000:07d}"
    if kind < 0.115:
        return f"C{number % 10_000_000:07d}"
    century_and_sex = (0 if year < 2000 else 2) + (0 if sex == "1" else 1)
    province = "095" if number >= FIRST_TRANSFERRED else "096"
    return f"{province}{century_and_sex}{year % 100:02d}{number % 1_000_000:06d}"


def card(who: Person, group: str | None = None) -> str:
    """The 15 characters of the card: group, benefit digit, province, BHXH number."""
    return f"{group or who.card_group}96{who.insurance_number}"
