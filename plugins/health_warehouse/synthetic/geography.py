"""Where people live: communes of a province and some of its neighbours, valid at the date.

`communes.csv` holds the 64 communes of the province since 01/07/2025 (QĐ 19/2025/QĐ-TTg, no
districts), some of Cần Thơ, An Giang and TP.HCM, and the 164 communes of the former Bạc Liêu (95)
and Cà Mau (96) that they were made of. Codes and names: the packages vietnam-provinces 2026.9.0
and 0.6.0. All 64 new codes were codes of other communes before.
"""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

from health_warehouse.reference import administrative_units

CA_MAU = "96"
MERGER = date(2025, 7, 1).toordinal()
"""First day of the 34 provinces without districts."""
_COMMUNES_CSV = Path(__file__).with_name("communes.csv")
NEIGHBOURS_FROM = 64
"""Communes of the province come before those of other provinces."""


class Commune(NamedTuple):
    code: str
    """MAXA_CU_TRU."""
    province: str
    """MATINH_CU_TRU."""
    district: str
    """MAHUYEN_CU_TRU, blank since the merger."""
    name: str
    province_name: str


@cache
def communes(is_merged: bool) -> tuple[Commune, ...]:
    """Before or since the merger; the province's own come first."""
    period = "after" if is_merged else "before"
    with _COMMUNES_CSV.open(encoding="utf-8", newline="") as file:
        rows = (row for row in csv.reader(file) if row[0] == period)
        return tuple(Commune(*row[1:]) for row in rows)


@cache
def own_communes(province: str, day: int) -> tuple[Commune, ...]:
    """The communes of a province on a day (ordinal). Of others than Cà Mau since the merger only,
    from the package vietnamadminunits."""
    is_merged = day >= MERGER
    if province == CA_MAU:
        known = communes(is_merged)
        return known[:NEIGHBOURS_FROM] if is_merged else known
    assert is_merged, province  # noqa: S101 - the options refuse other days
    name = next(
        each.name
        for each in administrative_units.provinces()
        if each.province_code == province and each.valid_to is None
    )
    return tuple(
        Commune(each.commune_code, province, "", _small(each.name), _small(name))
        for each in sorted(administrative_units.communes())
        if each.province_code == province and each.valid_to is None
    )


def _small(name: str) -> str:
    return name[0].lower() + name[1:]


def home(number: int, day: int, province: str = CA_MAU) -> Commune:
    """Where person `number` lives on a day (ordinal); one in sixteen in another province."""
    own = own_communes(province, MERGER if day >= MERGER else day)
    if day >= MERGER and number % 16 == 7:
        others = communes(True)[NEIGHBOURS_FROM:]
        return others[number // 16 % len(others)]
    return own[number * 7919 % len(own)]
