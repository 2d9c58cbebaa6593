"""Binary workbooks of Excel (.xlsb), as calamine reads them: errors look empty there, hidden rows
and formulas without a value are not told.

calamine holds a sheet from its first to its last cell, so two cells far from one another could take
all memory: where they lie is looked up before (MS-XLSB 2.5).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BufferedReader
from typing import Any, BinaryIO, cast

from health_warehouse.errors import FileUnreadable
from health_warehouse.readers.table.cells import Merged, Number, Sheet, SheetRow, Value
from health_warehouse.readers.table.xlsx_styles import plain_number
from health_warehouse.readers.table.zip_parts import ZipParts

MOST_CELLS = 6_000_000
_ROW, _LAST_CELL, _LAST_SHORT_CELL = 0, 11, 18
"""Kinds of records: from 1 on cells, then short ones, which calamine passes over."""


class XlsbBook:
    """Raises FileUnreadable where the file breaks, or a sheet is too wide apart."""

    def __init__(self, stream: BinaryIO, max_bytes: int) -> None:
        parts = ZipParts(stream, max_bytes)
        for name in parts.names():
            if name.startswith("xl/worksheets/") and name.endswith(".bin"):
                _require_bounds(parts, name)
        stream.seek(0)
        self._book = _opened(stream)

    def sheets(self) -> Iterator[Sheet]:
        """Sheets of cells in the order of their tabs."""
        for number, described in enumerate(self._book.sheets_metadata, 1):
            if str(described.typ) != "SheetTypeEnum.WorkSheet":
                continue
            is_hidden = str(described.visible) != "SheetVisibleEnum.Visible"
            sheet = _told(self._book.get_sheet_by_name, described.name)
            first = (sheet.start or (0, 0))[0]
            merged = [
                Merged(begin[0] + 1, begin[1] + 1, end[0] + 1, end[1] + 1)
                for begin, end in sheet.merged_cell_ranges or ()
            ]
            yield Sheet(described.name, number, _rows(sheet, first), merged, is_hidden)


def _rows(sheet: Any, first: int) -> Iterator[SheetRow]:
    before = [None] * (sheet.start or (0, 0))[1]
    for at, row in enumerate(sheet.iter_rows()):
        yield SheetRow(first + at + 1, [*before, *map(_value, row)])


def _value(value: Any) -> Value:
    if value == "" and isinstance(value, str):
        return None
    if isinstance(value, (bool, datetime, str)):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - local time
    if isinstance(value, (time, timedelta)):
        return str(value)
    return Number(plain_number(repr(value)))


def _opened(stream: BinaryIO) -> Any:
    from python_calamine import CalamineWorkbook

    return _told(CalamineWorkbook.from_filelike, stream)


def _told(function: Any, *arguments: Any) -> Any:
    """What calamine gives. Of a broken file it raises nearly anything, also PanicException of Rust,
    which is no Exception."""
    try:
        return function(*arguments)
    except BaseException as error:
        is_panic = type(error).__name__ == "PanicException"
        if isinstance(error, MemoryError) or not (is_panic or isinstance(error, Exception)):
            raise
        raise FileUnreadable(
            "F01", "the workbook is damaged or has a password: save it as .xlsx"
        ) from None


def _require_bounds(parts: ZipParts, name: str) -> None:
    """Raises FileUnreadable when its cells span more than MOST_CELLS."""
    rows: list[int] = []
    last_column = 0
    for kind, content in _records(parts, name):
        at = int.from_bytes(content[:4], "little")
        if kind == _ROW:
            rows = [min([at, *rows]), max([at, *rows])]
        elif kind <= _LAST_CELL:
            last_column = max(last_column, at)
        elif kind <= _LAST_SHORT_CELL:
            raise FileUnreadable("F01", "its cells are of a short form: save it as .xlsx")
    if rows and (rows[1] - rows[0] + 1) * (last_column + 1) > MOST_CELLS:
        raise FileUnreadable(
            "F01", f"a sheet spans more than {MOST_CELLS} cells: save it as .xlsx or csv"
        )


def _records(parts: ZipParts, name: str) -> Iterator[tuple[int, bytes]]:
    """Kind and the first bytes of every record."""
    with parts.opened(name) as opened:
        part = BufferedReader(cast(Any, opened), 65_536)
        while (kind := _number(part, 2)) is not None:
            size = _number(part, 4) or 0
            content = part.read(min(size, 8))
            left = size - len(content)
            while left > 0 and (skipped := part.read(min(left, 65_536))):
                left -= len(skipped)
            yield kind, content


def _number(part: Any, most: int) -> int | None:
    """A number of up to so many bytes, each with seven bits of it."""
    number = 0
    for at in range(most):
        byte = cast(bytes, part.read(1))
        if not byte:
            return None if at == 0 else number
        number |= (byte[0] & 0x7F) << (7 * at)
        if byte[0] < 0x80:
            break
    return number
