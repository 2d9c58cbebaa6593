"""Lists as text: values between commas, semicolons or tabs (RFC 4180, and what people make of it).

Excel writes `sep=;` before a list, and `="00123"` to keep a zero; both are read.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from itertools import islice
from typing import BinaryIO

from health_warehouse.errors import FileUnreadable
from health_warehouse.readers.table.cells import (
    ERRORS,
    LARGEST_SHEET,
    Faulty,
    Sheet,
    SheetRow,
    Value,
)
from health_warehouse.readers.table.encodings import encoding_of, pieces

_DELIMITERS = ";,\t|"
_SAID = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_KEPT_AS_TEXT = re.compile(r'="([^"]*)"')
_LINES_LOOKED_AT = 200


class TextBook:
    """One sheet without a name."""

    def __init__(self, stream: BinaryIO, max_bytes: int) -> None:
        self._stream = stream
        self._max_bytes = max_bytes
        self.encoding = encoding_of(stream, max_bytes)

    def sheets(self) -> Iterator[Sheet]:
        """The one sheet; its row is the line of a list without line breaks in its values."""
        yield Sheet("", 1, self._rows(), is_typed=False)

    def _rows(self) -> Iterator[SheetRow]:
        lines = self._lines()
        head = list(islice(lines, _LINES_LOOKED_AT))
        said = _SAID.fullmatch(head[0]) if head else None
        first = 1
        if said is not None:
            head = head[1:]
            first = 2
        delimiter = said[1] if said is not None else _delimiter(head)
        source = _Lines(_chain(head, lines))
        rows = csv.reader(source, delimiter=delimiter)
        number = first - 1
        while True:
            number += 1
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error:
                raise _unclosed(number) from None
            if source.is_over:  # a row that is closed ends with its line
                raise _unclosed(number)
            if len(row) > LARGEST_SHEET:
                raise FileUnreadable("F01", f"row {number} has more than {LARGEST_SHEET} values")
            yield SheetRow(number, [_value(text) for text in row])

    def _lines(self) -> Iterator[str]:
        """Lines with their ends."""
        for piece in pieces(self._stream, self.encoding, self._max_bytes):
            yield from StringIO(piece, newline="")


class _Lines:
    """Goes through lines, and knows whether more were asked for than there are."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.is_over = False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        for line in self._lines:
            return line
        self.is_over = True
        raise StopIteration


def _unclosed(number: int) -> FileUnreadable:
    return FileUnreadable(
        "F01",
        f'a quotation mark (") that is opened in row {number} is not closed: close it, or take it '
        "away",
    )


def _value(text: str) -> Value:
    if not text:
        return None
    if text.startswith('="'):
        found = _KEPT_AS_TEXT.fullmatch(text)
        return text if found is None else found[1] or None
    return Faulty() if text in ERRORS else text


def _chain(head: list[str], lines: Iterator[str]) -> Iterator[str]:
    yield from head
    yield from lines


def _delimiter(lines: list[str]) -> str:
    """The one that gives the most rows of the same number of values, more than one."""
    best, most = ",", (0, 0)
    for delimiter in _DELIMITERS:
        try:
            rows = list(csv.reader(lines, delimiter=delimiter))
        except csv.Error:
            continue
        widths = Counter(len(row) for row in rows if len(row) > 1)
        for width, count in widths.items():
            most, best = max((most, best), ((count * min(width, 50), count), delimiter))
    return best
