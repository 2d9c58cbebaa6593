"""Workbooks of Excel before 2007 (.xls), by xlrd, which knows errors, hidden rows, merged cells."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

from health_warehouse.errors import FileUnreadable
from health_warehouse.readers.table.cells import Faulty, Merged, Number, Sheet, SheetRow, Value
from health_warehouse.readers.table.xlsx_styles import moment_of, plain_number

MAX_BYTES = 128 * 1024**2
"""It is read as a whole; a sheet has 65,536 rows at most."""

_EMPTY, _TEXT, _NUMBER, _DAY, _BOOLEAN, _ERROR = range(6)


class XlsBook:
    """Raises FileUnreadable where the file breaks."""

    def __init__(self, stream: BinaryIO, max_bytes: int) -> None:
        largest = min(MAX_BYTES, max_bytes)
        content = stream.read(largest + 1)
        if len(content) > largest:
            raise FileUnreadable("F01", f"an .xls is larger than {largest} bytes: send it as .xlsx")
        self._book = _opened(content)

    def sheets(self) -> Iterator[Sheet]:
        """Sheets of cells in the order of their tabs."""
        for number in range(self._book.nsheets):
            sheet = _told(self._book.sheet_by_index, number)
            merged = [
                Merged(first_row + 1, first_column + 1, last_row, last_column)
                for first_row, last_row, first_column, last_column in sheet.merged_cells
            ]
            is_hidden = bool(sheet.visibility)
            yield Sheet(sheet.name, number + 1, self._rows(sheet), merged, is_hidden)
            self._book.unload_sheet(number)

    def _rows(self, sheet: Any) -> Iterator[SheetRow]:
        is_1904 = bool(self._book.datemode)
        for row in range(sheet.nrows):
            info = sheet.rowinfo_map.get(row)
            cells = [
                _value(kind, value, is_1904=is_1904)
                for kind, value in zip(sheet.row_types(row), sheet.row_values(row), strict=True)
            ]
            if any(value is not None for value in cells):
                yield SheetRow(row + 1, cells, info is not None and bool(info.hidden))


def _opened(content: bytes) -> Any:
    import xlrd  # type: ignore[import-untyped]

    return _told(
        xlrd.open_workbook,
        logfile=io.StringIO(),
        file_contents=content,
        formatting_info=True,
        on_demand=True,
        ragged_rows=True,
    )


def _told(function: Any, *arguments: Any, **keys: Any) -> Any:
    """What xlrd gives. Of a broken file it raises nearly anything."""
    try:
        return function(*arguments, **keys)
    except MemoryError:
        raise
    except Exception as error:
        told = str(error).lower()
        if "encrypted" in told or "can't find workbook" in told:
            reason = "encrypted with a password, or no workbook; send it without a password"
        else:
            reason = "the workbook is damaged or cut off: save it as .xlsx"
        raise FileUnreadable("F01", reason) from None


def _value(kind: int, value: Any, *, is_1904: bool) -> Value:
    if kind == _TEXT:
        return str(value) or None
    if kind == _NUMBER:
        return Number(plain_number(repr(value)))
    if kind == _DAY:
        moment: datetime | None = moment_of(repr(value), is_1904=is_1904)
        return Number(plain_number(repr(value))) if moment is None else moment
    if kind == _BOOLEAN:
        return bool(value)
    return Faulty() if kind == _ERROR else None
