"""Records of a binary workbook (MS-XLSB 2.5) that a library passes over: where cells lie, which
show errors, which rows are hidden, and which part holds which sheet."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BufferedReader
from typing import Any, cast

from health_warehouse.errors import FileUnreadable
from health_warehouse.readers.table.cells import LARGEST_SHEET
from health_warehouse.readers.table.xml_parts import elements
from health_warehouse.readers.table.zip_parts import ZipParts

MOST_CELLS = 6_000_000
_ROW, _ERROR, _FORMULA_ERROR, _LAST_CELL, _LAST_SHORT_CELL = 0, 3, 11, 11, 18
"""Kinds of records: from 1 on cells, then short ones, which calamine passes over."""
_SHEET = 156
_HIDDEN_AT, _HIDDEN = 11, 0x10
_LONGEST_SHEET_RECORD = 4096


@dataclass
class Survey:
    """What is known of a sheet before it is read; rows and columns from 0."""

    hidden: set[int] = field(default_factory=set)
    errors: array[int] = field(default_factory=lambda: array("Q"))
    """Cells as `row * LARGEST_SHEET + column`, in the order of the file."""

    def errors_by_row(self) -> dict[int, list[int]]:
        """The columns of each row that has errors."""
        found: dict[int, list[int]] = {}
        for cell in self.errors:
            found.setdefault(cell // LARGEST_SHEET, []).append(cell % LARGEST_SHEET)
        return found


def surveyed(parts: ZipParts, name: str) -> Survey:
    """Raises FileUnreadable when the cells of the sheet span more than MOST_CELLS: calamine holds
    it from its first to its last one."""
    found = Survey()
    first = row = -1
    last_column = 0
    for kind, content in records(parts, name, 12):
        at = int.from_bytes(content[:4], "little")
        if kind == _ROW:
            row, first = at, at if first < 0 else min(first, at)
            if len(content) > _HIDDEN_AT and content[_HIDDEN_AT] & _HIDDEN:
                found.hidden.add(row)
        elif kind <= _LAST_CELL:
            last_column = max(last_column, at)
            if kind in (_ERROR, _FORMULA_ERROR) and row >= 0 and at < LARGEST_SHEET:
                found.errors.append(row * LARGEST_SHEET + at)
        elif kind <= _LAST_SHORT_CELL:
            raise FileUnreadable("F01", "its cells are of a short form: save it as .xlsx")
        if first >= 0 and (row - first + 1) * (last_column + 1) > MOST_CELLS:
            raise FileUnreadable(
                "F01", f"a sheet spans more than {MOST_CELLS} cells: save it as .xlsx or csv"
            )
    return found


def parts_of_sheets(parts: ZipParts) -> dict[str, str]:
    """The part of each sheet by its name; nothing where the workbook does not say it so."""
    targets = {}
    if parts.has("xl/_rels/workbook.bin.rels"):
        for one in elements(parts, "xl/_rels/workbook.bin.rels", ("Relationship",)):
            target = one.get("Target", "")
            within = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            targets[one.get("Id", "")] = within
    found = {}
    if parts.has("xl/workbook.bin"):
        for kind, content in records(parts, "xl/workbook.bin", _LONGEST_SHEET_RECORD):
            if kind == _SHEET:
                relation, rest = _text(content[8:])
                found[_text(rest)[0]] = targets.get(relation, "")
    return found


def _text(content: bytes) -> tuple[str, bytes]:
    """A text that begins with the number of its characters, and what follows it."""
    end = 4 + 2 * int.from_bytes(content[:4], "little")
    return content[4:end].decode("utf-16-le", "replace"), content[end:]


def records(parts: ZipParts, name: str, most: int) -> Iterator[tuple[int, bytes]]:
    """Kind and the first bytes, at most so many, of every record."""
    with parts.opened(name) as opened:
        part = BufferedReader(cast(Any, opened), 65_536)
        while (kind := _number(part, 2)) is not None:
            size = _number(part, 4) or 0
            content = part.read(min(size, most))
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
