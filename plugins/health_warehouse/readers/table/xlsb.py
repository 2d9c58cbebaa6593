"""Binary workbooks of Excel (.xlsb), as calamine reads them: errors look empty there and hidden
rows like the others, so both are looked up in the records before, with the bounds of the sheet.

A formula always has a value in such a file, 0 where nobody calculated it: that cannot be told.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO

from health_warehouse.errors import FileUnreadable
from health_warehouse.readers.table.cells import Faulty, Merged, Number, Sheet, SheetRow, Value
from health_warehouse.readers.table.xlsb_records import Survey, parts_of_sheets, surveyed
from health_warehouse.readers.table.xlsx_styles import plain_number
from health_warehouse.readers.table.zip_parts import ZipParts


class XlsbBook:
    """Raises FileUnreadable where the file breaks, or a sheet is too wide apart."""

    def __init__(self, stream: BinaryIO, max_bytes: int) -> None:
        parts = ZipParts(stream, max_bytes)
        surveys = {
            name: surveyed(parts, name)
            for name in parts.names()
            if name.startswith("xl/worksheets/") and name.endswith(".bin")
        }
        self._surveys = {
            sheet: surveys[part.lower()]
            for sheet, part in parts_of_sheets(parts).items()
            if part.lower() in surveys
        }
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
            survey = self._surveys.get(described.name, Survey())
            yield Sheet(described.name, number, _rows(sheet, first, survey), merged, is_hidden)


def _rows(sheet: Any, first: int, survey: Survey) -> Iterator[SheetRow]:
    before = [None] * (sheet.start or (0, 0))[1]
    errors = survey.errors_by_row()
    for at, row in enumerate(sheet.iter_rows(), first):
        cells: list[Value] = [*before, *map(_value, row)]
        for column in errors.get(at, ()):
            if column < len(cells):
                cells[column] = Faulty()
        yield SheetRow(at + 1, cells, at in survey.hidden)


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
