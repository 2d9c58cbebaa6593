"""Where people live: communes of Cà Mau and some of its neighbours, valid at the date.

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

MERGER = date(2025, 7, 1).toordinal()
"""First day of the 34 provinces without districts."""
_COMMUNES_CSV = Path(__file__).with_name("communes.csv")
_NEIGHBOURS_FROM = 64


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


def home(number: int, day: int) -> Commune:
    """Where person `number` lives on a day (ordinal); one in sixteen in another province."""
    is_merged = day >= MERGER
    known = communes(is_merged)
    own = _NEIGHBOURS_FROM if is_merged else len(known)
    if is_merged and number % 16 == 7:
        return known[own + number // 16 % (len(known) - own)]
    return known[number * 7919 % own]
