"""Workbooks of LibreOffice (.ods), read in a stream (OpenDocument 1.3, part 3).

Read here and not by a library: calamine shows its errors as empty, and knows no merged cells and
no hidden rows of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any, BinaryIO

from health_warehouse.errors import FileUnreadable
from health_warehouse.readers.table.cells import (
    ERRORS,
    LARGEST_SHEET,
    Faulty,
    Merged,
    Number,
    Sheet,
    SheetRow,
    Value,
)
from health_warehouse.readers.table.xlsx_styles import plain_number
from health_warehouse.readers.table.xml_parts import elements
from health_warehouse.readers.table.zip_parts import ZipParts

_CONTENT = "content.xml"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_CALC_TYPE = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
_NUMBERS = frozenset({"float", "percentage", "currency"})
_MOST_REPEATED = 1000
"""Rows that are alike: more are only ever empty ones, down to the end of the sheet."""

_MOST_CELLS_REPEATED = 5_000_000


class OdsBook:
    """Raises FileUnreadable where the file breaks."""

    def __init__(self, stream: BinaryIO, max_bytes: int) -> None:
        self._parts = ZipParts(stream, max_bytes)
        if self._parts.has("META-INF/manifest.xml") and self._is_encrypted():
            raise FileUnreadable("F01", "encrypted with a password; send it without")

    def sheets(self) -> Iterator[Sheet]:
        """Tables in their order. Their merged cells need a pass of their own."""
        merged, hidden = self._looked_through()
        found = elements(self._parts, _CONTENT, ("table-row",), until="spreadsheet")
        tables = groupby(found, key=_table_of)
        for number, (table, rows) in enumerate(tables, 1):
            name = "" if table is None else table.get(f"{_TABLE}name", "")
            style = "" if table is None else table.get(f"{_TABLE}style-name", "")
            yield Sheet(name, number, _rows(rows), merged.get(number, ()), style in hidden)

    def _is_encrypted(self) -> bool:
        entries = elements(self._parts, "META-INF/manifest.xml", ("encryption-data",))
        return next(entries, None) is not None

    def _looked_through(self) -> tuple[dict[int, list[Merged]], frozenset[str]]:
        """Merged cells by number of the sheet, and styles of sheets that are hidden."""
        merged: dict[int, list[Merged]] = {}
        hidden: set[str] = set()
        rows = elements(self._parts, _CONTENT, ("style", "table-row"), until="spreadsheet")
        sheet, table, number = 0, None, 0
        for element in rows:
            if element.tag == f"{_STYLE}style":
                properties = element.find(f"{_STYLE}table-properties")
                if properties is not None and properties.get(f"{_TABLE}display") == "false":
                    hidden.add(element.get(f"{_STYLE}name", ""))
                continue
            if (of := _table_of(element)) is not table or not sheet:
                sheet, table, number = sheet + 1, of, 0
            merged.setdefault(sheet, []).extend(_merged(element, number + 1))
            number += _repeated(element, "rows")
        return merged, frozenset(hidden)


def _table_of(row: Any) -> Any:
    return next(row.iterancestors(f"{_TABLE}table"), None)


def _rows(rows: Iterator[Any]) -> Iterator[SheetRow]:
    number = repeated = 0
    for element in rows:
        count = _repeated(element, "rows")
        cells = _cells(element)
        repeated += count * len(cells) if count > 1 else 0
        is_hidden = element.get(f"{_TABLE}visibility", "visible") != "visible"
        if any(value is not None for value in cells):
            if count > _MOST_REPEATED:
                raise FileUnreadable("F01", f"row {number + 1} is repeated {count} times")
            if repeated > _MOST_CELLS_REPEATED:
                raise FileUnreadable("F01", f"a sheet has {repeated} repeated cells")
            for at in range(count):
                yield SheetRow(number + at + 1, cells, is_hidden)
        number += count


def _cells(row: Any) -> list[Value]:
    cells: list[Value] = []
    waiting = 0
    for element in row:
        if not element.tag.endswith("table-cell"):
            continue
        count = _repeated(element, "columns")
        value = _value(element)
        if value is None:
            waiting += count
            continue
        if len(cells) + waiting + count > LARGEST_SHEET:
            raise FileUnreadable("F01", f"a row has more than {LARGEST_SHEET} cells")
        cells += [None] * waiting + [value] * count
        waiting = 0
    return cells


def _merged(row: Any, number: int) -> Iterator[Merged]:
    column = 1
    for element in row:
        if not element.tag.endswith("table-cell"):
            continue
        rows, columns = _spanned(element, "rows"), _spanned(element, "columns")
        if rows > 1 or columns > 1:
            yield Merged(number, column, number + rows - 1, column + columns - 1)
        column += _repeated(element, "columns")


def _value(cell: Any) -> Value:
    kind = cell.get(f"{_OFFICE}value-type")
    is_formula = cell.get(f"{_TABLE}formula") is not None
    if kind is None:
        text = _text(cell)
        return Faulty(is_uncalculated=True) if is_formula and not text else text or None
    if kind in _NUMBERS:
        return Number(plain_number(cell.get(f"{_OFFICE}value", "")))
    if kind == "date":
        return _moment(cell.get(f"{_OFFICE}date-value", ""))
    if kind == "boolean":
        return bool(cell.get(f"{_OFFICE}boolean-value") == "true")
    text = _text(cell)
    if cell.get(_CALC_TYPE) == "error" or (is_formula and _is_error(text)):
        return Faulty()
    return cell.get(f"{_OFFICE}string-value") or text or None


def _is_error(text: str) -> bool:
    return text in ERRORS or text.startswith("Err:")


def _text(cell: Any) -> str:
    """Its paragraphs, with the blanks that have elements of their own."""
    return "\n".join(_run(paragraph) for paragraph in cell if paragraph.tag == f"{_TEXT}p")


def _run(element: Any) -> str:
    pieces = [element.text or ""]
    for one in element:
        if one.tag == f"{_TEXT}s":
            pieces.append(" " * min(_whole(one.get(f"{_TEXT}c")), _MOST_REPEATED))
        elif one.tag == f"{_TEXT}tab":
            pieces.append("\t")
        elif one.tag == f"{_TEXT}line-break":
            pieces.append("\n")
        elif isinstance(one.tag, str):
            pieces.append(_run(one))
        pieces.append(one.tail or "")
    return "".join(pieces)


def _moment(written: str) -> Value:
    try:
        return datetime.fromisoformat(written[:19])
    except ValueError:
        return written or None


def _repeated(element: Any, what: str) -> int:
    return _whole(element.get(f"{_TABLE}number-{what}-repeated"))


def _spanned(element: Any, what: str) -> int:
    return _whole(element.get(f"{_TABLE}number-{what}-spanned"))


def _whole(text: str | None) -> int:
    text = text or "1"
    return max(int(text), 1) if text.isascii() and text.isdecimal() and len(text) < 8 else 1
