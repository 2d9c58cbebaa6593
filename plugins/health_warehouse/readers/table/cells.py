"""What a sheet is made of, whatever the form of its file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

LARGEST_SHEET = 16_384
"""Columns of a sheet of Excel, the widest that there is."""


class Number(str):
    """A number as plain digits with a point: the cell itself says that it is one."""

    __slots__ = ()


class Faulty(NamedTuple):
    """A cell without a value that counts. `is_uncalculated`: a formula that nobody calculated;
    otherwise it shows an error, such as #REF!."""

    is_uncalculated: bool = False


ERRORS = frozenset(
    {"#DIV/0!", "#REF!", "#NAME?", "#VALUE!", "#N/A", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
)
"""What cells show instead of a value."""

Value = str | Number | datetime | bool | Faulty | None
"""str: as it was typed. datetime: local time. None: the cell is empty."""


class SheetRow(NamedTuple):
    """`number` counts from 1, as people see it; empty cells at the end may be missing."""

    number: int
    cells: Sequence[Value]
    is_hidden: bool = False


class Merged(NamedTuple):
    """Cells that are one: rows and columns from 1, both ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(slots=True)
class Sheet:
    """One pass over `rows`. `name` is blank where the form has no sheets; `number` counts from 1.

    `is_typed`: cells say themselves what is a number and what a day.
    """

    name: str
    number: int
    rows: Iterator[SheetRow]
    merged: Sequence[Merged] = ()
    is_hidden: bool = False
    is_typed: bool = True


class Book(Protocol):
    """The sheets of one file, each to be read before the next is asked for."""

    def sheets(self) -> Iterator[Sheet]: ...


@dataclass(slots=True)
class Filled:
    """Gives every cell of a merged range that spans rows the value of its first one, and tells
    which rows are one cell across."""

    merged: Sequence[Merged]
    _open: dict[int, list[tuple[int, Value]]] = field(default_factory=dict)
    _starts: dict[int, list[Merged]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for one in self.merged:
            self._starts.setdefault(one.first_row, []).append(one)

    def row(self, row: SheetRow) -> SheetRow:
        """The row with the values of the ranges that reach into it."""
        for one in self._starts.pop(row.number, ()):
            if one.last_row > one.first_row:
                value = cell(row.cells, one.first_column)
                self._open.setdefault(one.first_column, []).append((one.last_row, value))
        if not self._open:
            return row
        cells = list(row.cells)
        for column, spans in list(self._open.items()):
            spans[:] = [span for span in spans if span[0] >= row.number]
            if not spans:
                del self._open[column]
                continue
            cells += [None] * (column - len(cells))
            if cells[column - 1] is None:
                cells[column - 1] = spans[-1][1]
        return row._replace(cells=cells)


def cell(cells: Sequence[Value], column: int) -> Value:
    """The cell of a column, counted from 1."""
    return cells[column - 1] if column <= len(cells) else None


def letters(column: int) -> str:
    """A column as spreadsheets name it: 1 is A, 28 is AB."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def shown_text(value: Value) -> str:
    """A cell as text, to compare with labels."""
    if value is None or isinstance(value, Faulty):
        return ""
    if isinstance(value, datetime):
        return value.strftime("%d/%m/%Y")
    return str(value).strip()
