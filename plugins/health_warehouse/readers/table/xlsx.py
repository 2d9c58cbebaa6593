"""Workbooks of Excel (.xlsx, .xlsm), read in a stream (ECMA-376, part 1).

Read here and not by a library: calamine shows errors as empty and formulas without a value as 0,
tells no hidden rows and holds whole sheets; openpyxl is an order of magnitude slower.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

from health_warehouse.errors import FileUnreadable
from health_warehouse.readers.table.cells import (
    LARGEST_SHEET,
    Faulty,
    Merged,
    Number,
    Sheet,
    SheetRow,
    Value,
)
from health_warehouse.readers.table.xlsx_styles import moment_of, plain_number, styles_of_days
from health_warehouse.readers.table.xml_parts import elements
from health_warehouse.readers.table.zip_parts import ZipParts

MAX_SHEETS = 200
MAX_MERGED = 100_000
MAX_TEXTS = 5_000_000
MAX_TEXT_CHARACTERS = 100_000_000
_MAX_ROW = 1_048_576
_RELATION = re.compile(r"\{[^}]*officeDocument/[^}]*relationships\}id$")
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})", re.ASCII)
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MERGE = b"mergeCell"


class XlsxBook:
    """Raises FileUnreadable where the file breaks; text of shared strings is read at the start."""

    def __init__(self, stream: BinaryIO, max_bytes: int) -> None:
        self._parts = ZipParts(stream, max_bytes)
        self._path, folder = self._workbook()
        self._targets = self._relations(self._path)
        self._is_1904 = False
        self._must_be_calculated = False
        self._listed = list(self._sheet_entries())
        self._days = styles_of_days(self._parts, self._of_kind("/styles", f"{folder}styles.xml"))
        self._texts = self._shared(self._of_kind("/sharedStrings", f"{folder}sharedStrings.xml"))

    def sheets(self) -> Iterator[Sheet]:
        """Sheets of cells in the order of their tabs; charts are none."""
        for number, (name, path, is_hidden) in enumerate(self._listed, 1):
            if not self._parts.has(path):
                raise FileUnreadable("F01", f"sheet {number} is missing in the workbook")
            yield Sheet(name, number, self._rows(path), self._merged(path), is_hidden)

    def _workbook(self) -> tuple[str, str]:
        found = "xl/workbook.xml"
        if self._parts.has("_rels/.rels"):
            for one in elements(self._parts, "_rels/.rels", ("Relationship",)):
                if one.get("Type", "").endswith("/officeDocument"):
                    found = one.get("Target", found).lstrip("/")
        return found, found.rpartition("/")[0] + "/" if "/" in found else ""

    def _relations(self, path: str) -> dict[str, tuple[str, str]]:
        folder, _, name = path.rpartition("/")
        rels = f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"
        found = {}
        if self._parts.has(rels):
            for one in elements(self._parts, rels, ("Relationship",)):
                target = one.get("Target", "")
                if not target.startswith("/"):
                    target = posixpath.normpath(posixpath.join(folder, target))
                found[one.get("Id", "")] = (one.get("Type", ""), target.lstrip("/"))
        return found

    def _of_kind(self, ending: str, usual: str) -> str:
        for kind, target in self._targets.values():
            if kind.endswith(ending):
                return target
        return usual

    def _sheet_entries(self) -> Iterator[tuple[str, str, bool]]:
        count = 0
        for one in elements(self._parts, self._path, ("workbookPr", "sheet", "calcPr")):
            if one.tag.endswith("}workbookPr"):
                self._is_1904 = one.get("date1904", "0") in ("1", "true")
            elif one.tag.endswith("}calcPr"):
                # libraries write this beside values that they did not calculate
                self._must_be_calculated = one.get("fullCalcOnLoad", "0") in ("1", "true")
            else:
                count += 1
                if count > MAX_SHEETS:
                    raise FileUnreadable("F01", f"more than {MAX_SHEETS} sheets")
                keys = [value for key, value in one.items() if _RELATION.search(key)]
                kind, target = self._targets.get(keys[0] if keys else "", ("", ""))
                if kind.endswith("/worksheet"):
                    yield one.get("name", ""), target, one.get("state", "visible") != "visible"

    def _shared(self, path: str) -> list[str]:
        texts: list[str] = []
        if not self._parts.has(path):
            return texts
        characters = 0
        for one in elements(self._parts, path, ("si",)):
            texts.append(_text_of(one))
            characters += len(texts[-1])
            if len(texts) > MAX_TEXTS or characters > MAX_TEXT_CHARACTERS:
                raise FileUnreadable("F01", "too much text for a workbook: send it as csv")
        return texts

    def _merged(self, path: str) -> list[Merged]:
        """They stand behind the rows; most sheets have none, and are not parsed for them."""
        before = b""
        for chunk in self._parts.chunks(path):
            if _MERGE in before + chunk:
                break
            before = chunk[-len(_MERGE) :]
        else:
            return []
        found = []
        for one in elements(self._parts, path, ("mergeCell", "row")):
            if one.tag.endswith("}mergeCell"):
                first, _, last = one.get("ref", "").partition(":")
                begin, end = _reference(first), _reference(last or first)
                if begin is not None and end is not None:
                    found.append(Merged(*begin, *end))
                if len(found) > MAX_MERGED:
                    raise FileUnreadable("F01", f"more than {MAX_MERGED} merged cells in a sheet")
        return found

    def _rows(self, path: str) -> Iterator[SheetRow]:
        last = 0
        for element in elements(self._parts, path, ("row",), until="sheetData"):
            number = _whole(element.get("r")) or last + 1
            if not last < number <= _MAX_ROW:
                raise FileUnreadable("F01", "the rows of a sheet are out of order: save it again")
            last = number
            yield SheetRow(number, self._cells(element), element.get("hidden") in ("1", "true"))

    def _cells(self, row: Any) -> list[Value]:
        cells: list[Value] = []
        prefix = row.tag[: -len("row")]
        names = (f"{prefix}v", f"{prefix}f", f"{prefix}is")
        for element in row:
            place = element.get("r")
            column = len(cells) + 1 if place is None else _column(place)
            if not len(cells) < column <= LARGEST_SHEET:
                raise FileUnreadable("F01", "the cells of a row are out of order: save it again")
            if column > len(cells) + 1:
                cells += [None] * (column - len(cells) - 1)
            cells.append(self._value(element, names))
        return cells

    def _value(self, cell: Any, names: tuple[str, str, str]) -> Value:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            inner = cell.find(names[2])
            return None if inner is None else _text_of(inner) or None
        written: str = cell.findtext(names[0], "")
        if not written:
            is_formula = cell.find(names[1]) is not None and kind != "str"
            return Faulty(is_uncalculated=True) if is_formula else None
        if self._must_be_calculated and written == "0" and cell.find(names[1]) is not None:
            return Faulty(is_uncalculated=True)
        return self._of_kind_of_cell(kind, written, cell.get("s"))

    def _of_kind_of_cell(self, kind: str, written: str, style: str | None) -> Value:
        """A cell that is not empty (18.18.11)."""
        if kind == "s":
            return self._shared_text(written)
        if kind == "e":
            return Faulty()
        if kind == "str":
            return _unescaped(written)
        if kind == "b":
            return written.strip() == "1"
        return _moment(written) if kind == "d" else self._number(written, style)

    def _shared_text(self, written: str) -> str | None:
        at = _whole(written)
        if at is None or at >= len(self._texts):
            raise FileUnreadable("F01", "a cell names a text that the workbook has not")
        return self._texts[at] or None

    def _number(self, written: str, style: str | None) -> Value:
        if style in self._days:
            moment = moment_of(written, is_1904=self._is_1904)
            if moment is not None:
                return moment
        return Number(plain_number(written.strip()))


def _moment(written: str) -> Value:
    """A day as ISO 8601, which few programs write."""
    try:
        return datetime.fromisoformat(written.strip().removesuffix("Z")).replace(tzinfo=None)
    except ValueError:
        return written


def _text_of(element: Any) -> str:
    """The text of a string, of all its runs; how it is read aloud is no part of it."""
    pieces = []
    for one in element:
        if one.tag.endswith("}t"):
            pieces.append(one.text or "")
        elif one.tag.endswith("}r"):
            pieces += [inner.text or "" for inner in one if inner.tag.endswith("}t")]
    return _unescaped("".join(pieces))


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(_character, text) if "_x" in text else text


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return found[0] if code == 0 or 0xD800 <= code <= 0xDFFF else chr(code)


def _whole(text: str | None) -> int | None:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _column(place: str) -> int:
    column = 0
    for letter in place:
        if "A" <= letter <= "Z":
            column = column * 26 + ord(letter) - 64
        else:
            break
    return column


def _reference(place: str) -> tuple[int, int] | None:
    """Row and column of `B7`."""
    found = _REFERENCE.fullmatch(place.replace("$", ""))
    return None if found is None else (int(found[2]), _column(found[1]))
