"""Rows of a sheet that are none of the list: totals, group titles, notes and signatures."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from health_warehouse.feeds.labels import folded_label
from health_warehouse.readers.table.cells import SheetRow, cell, shown_text

_TOTALS = frozenset({"tong", "cong", "tongcong", "tongso", "congtong", "total"})
_TOTALS_BEGIN = ("tongcong", "tongso", "congcong")
_ENDS_BEGIN = (
    "nguoilap",
    "nguoibaocao",
    "thutruong",
    "giamdoc",
    "phogiamdoc",
    "truongtram",
    "truongphong",
    "ketoan",
    "lanhdaodonvi",
    "daidien",
    "xacnhancua",
    "noinhan",
    "ghichu",
    "luuy",
    "kyten",
    "(ky",
    "kyvaghiro",
)
_SIGNED_ON = re.compile(r"(.*,)?ngay[0-9.…_]*thang[0-9.…_]*nam[0-9.…_]*")
_FEW = 3


def is_total(row: SheetRow, keys: Collection[int]) -> bool:
    """Whether one of its first texts says so; `keys`: columns that name a row of the list and its
    owner. A row that fills all of them, and with other than that word, is one of the list."""
    seen = 0
    for column, value in enumerate(row.cells, 1):
        if value is None:
            continue
        seen += 1
        if seen > _FEW:
            return False
        text = folded_label(value).strip(":.*- ") if type(value) is str and len(value) < 60 else ""
        if text in _TOTALS or text.startswith(_TOTALS_BEGIN):
            return column in keys or not all(shown_text(cell(row.cells, key)) for key in keys)
    return False


def is_end(row: SheetRow) -> bool:
    """Whether a list is signed or explained there: few cells, of which one begins so."""
    values = [value for value in row.cells if value is not None]
    if not values or len(values) > _FEW * 2:
        return False
    texts = [folded_label(text) for value in values if (text := shown_text(value))]
    if not texts or len(texts) > _FEW:
        return False
    return any(text.startswith(_ENDS_BEGIN) or _SIGNED_ON.fullmatch(text) for text in texts)


def is_loose(row: SheetRow, keys: Collection[int], needed: Collection[int]) -> bool:
    """Whether it may be a group's title or a note: few cells, of which none names a row of the list
    (`keys`). Of several none is one that every row has (`needed`)."""
    filled = [column for column, value in enumerate(row.cells, 1) if shown_text(value)]
    if any(column in keys for column in filled) or len(filled) > _FEW:
        return False
    return len(filled) == 1 or not any(column in needed for column in filled)


def told_rows(numbers: Sequence[int]) -> str:
    """Rows as people read them: 4, 7–9."""
    pieces: list[str] = []
    first = last = 0
    for number in [*sorted(numbers), 0]:
        if first and number == last + 1:
            last = number
            continue
        if first:
            pieces.append(str(first) if first == last else f"{first}–{last}")
        first = last = number
    return ", ".join(pieces)
