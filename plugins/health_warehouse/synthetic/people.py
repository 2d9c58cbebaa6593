"""Fictional people: names, birth dates, citizen ids, insurance numbers, addresses.

A person is a number; the same number is the same person at every facility. Commune codes are
plausible codes of the province, not a checked list.
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
COMMUNES = (
    ("31825", "phường Bạc Liêu"), ("31834", "phường Vĩnh Trạch"), ("31840", "phường Hiệp Thành"),
    ("31942", "phường Giá Rai"), ("31951", "phường Láng Tròn"), ("32002", "phường An Xuyên"),
    ("32014", "phường Lý Văn Lâm"), ("32025", "phường Tân Thành"), ("32041", "phường Hòa Thành"),
    ("32044", "xã Nguyễn Phích"), ("32062", "xã U Minh"), ("32065", "xã Thới Bình"),
    ("32095", "xã Trần Văn Thời"), ("32110", "xã Sông Đốc"), ("32128", "xã Cái Nước"),
    ("32152", "xã Đầm Dơi"), ("32191", "xã Năm Căn"), ("32214", "xã Phú Tân"),
    ("32236", "xã Đất Mũi"), ("32244", "xã Tân Ân"),
)  # fmt: skip
_CARD_GROUP = Weighted(
    (40, "GD4"), (18, "DN4"), (8, "HS4"), (8, "TE1"), (6, "HT3"), (5, "HC4"), (4, "HN2"),
    (4, "CN2"), (3, "CC1"), (2, "DT2"), (2, "LH2"),
)  # fmt: skip
_ETHNIC = Weighted((92, "01"), (5, "05"), (3, "04"))  # Kinh, Khmer, Hoa


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
    commune: str
    address: str
    ethnic: str


def name_of(draw: Draw, sex: str) -> str:
    return f"{_FAMILY.draw(draw)} {one_of(draw, _MIDDLE[sex])} {one_of(draw, _GIVEN[sex])}"


@lru_cache(maxsize=20_000)
def person(seed: int, number: int) -> Person:
    """Person `number` of the province; cached, because people come back within days."""
    draw = stream(seed, "person", number)
    sex = "1" if draw() < 0.46 else "2"
    group = _CARD_GROUP.draw(draw)
    year = whole(draw, 2020, 2025) if group == "TE1" else whole(draw, 1932, 2018)
    commune, place = one_of(draw, COMMUNES)
    return Person(
        number=number,
        name=name_of(draw, sex),
        sex=sex,
        birth=_birth(draw, year),
        citizen_id=_citizen_id(draw, sex, year, number),
        insurance_number=f"96{number:08d}",
        card_group=group,
        phone=f"09{whole(draw, 0, 99_999_999):08d}" if draw() < 0.6 else "",
        commune=commune,
        address=f"Ấp {whole(draw, 1, 12)}, {place}, tỉnh Cà Mau",
        ethnic=_ETHNIC.draw(draw),
    )


def _birth(draw: Draw, year: int) -> str:
    if year < 1970 and draw() < 0.4:
        return f"{year}00000000"  # many old people only know the year
    return f"{year}{whole(draw, 1, 12):02d}{whole(draw, 1, 28):02d}0000"


def _citizen_id(draw: Draw, sex: str, year: int, number: int) -> str:
    kind = draw()
    if kind < 0.08:
        return ""
    if kind < 0.11:
        return f"38{number % 10_000_000:07d}"  # the old 9-digit identity card
    century_and_sex = (0 if year < 2000 else 2) + (0 if sex == "1" else 1)
    return f"096{century_and_sex}{year % 100:02d}{number % 1_000_000:06d}"


def card(who: Person, group: str | None = None) -> str:
    """The 15 characters of the card: group, benefit digit, province, BHXH number."""
    return f"{group or who.card_group}96{who.insurance_number}"
