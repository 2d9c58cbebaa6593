"""The beginning of a contract, guessed from a file: labels, types, what is always said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from unicodedata import combining, normalize

import yaml

from health_warehouse.errors import ConfigurationError, FileUnreadable
from health_warehouse.feeds.dates import parse_moment
from health_warehouse.readers.protocol import Bounds
from health_warehouse.readers.table.cells import Number, Sheet, SheetRow, Value, cell, shown_text
from health_warehouse.readers.table.header import is_numbering
from health_warehouse.readers.table.matching import is_number_of_a_row
from health_warehouse.readers.table.table_reader import open_book

_ROWS_LOOKED_AT = 2_000
_HEADER_WITHIN = 40
_DAYS = ("dd/mm/yyyy", "yyyymmdd", "yyyy-mm-dd", "dd-mm-yyyy", "dd.mm.yyyy")
_WHOLE = re.compile(r"[+-]?[0-9]{1,9}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?[0-9.,]*[0-9]", re.ASCII)
_NAMES = re.compile(r"ho va ten|ho ten|cccd|dinh danh|dien thoai|dia chi|ngay sinh|so the|email")
_FLAGS = frozenset({"0", "1", "x", "có", "không"})


@dataclass(slots=True)
class _Column:
    """What is seen of a column."""

    label: str
    name: str
    values: list[Value] = field(default_factory=list)
    count: int = 0


def guessed_contract(feed: str, path: Path, bounds: Bounds) -> str:
    """The text of a contract that reads the file. What only people can say is marked.

    Raises FileUnreadable when no list is found in it, ConfigurationError when it cannot be opened.
    """
    try:
        with path.open("rb") as stream:
            for sheet in open_book(stream, bounds).sheets():
                if not sheet.is_hidden and (found := _columns(sheet)):
                    return _text(feed, found[0], found[1])
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read ({error.strerror})") from None
    raise FileUnreadable("F01", "no row of it looks like the headings of a list")


def _columns(sheet: Sheet) -> tuple[list[_Column], int] | None:
    """The columns, and how many rows were looked at."""
    rows = list(islice(sheet.rows, _ROWS_LOOKED_AT))
    header = _header(rows)
    if header is None:
        return None
    columns: dict[int, _Column] = {}
    for at, value in enumerate(rows[header].cells, 1):
        label = " ".join(shown_text(value).split())
        if label and not is_number_of_a_row(label):
            columns[at] = _Column(label, _unused(_name(label), columns))
    data = [row for row in rows[header + 1 :] if not is_numbering(row)]
    wide = [row for row in data if _filled(row, columns) * 2 > len(columns)]
    for row in wide:
        for at, column in columns.items():
            value = cell(row.cells, at)
            if shown_text(value):
                column.count += 1
                column.values.append(value)
    return (list(columns.values()), len(wide)) if columns else None


def _header(rows: Sequence[SheetRow]) -> int | None:
    """The first of the rows with the most different texts and no number."""
    best, most = None, 1
    for at, row in enumerate(rows[:_HEADER_WITHIN]):
        texts = [shown_text(value) for value in row.cells if shown_text(value)]
        is_plain = all(type(value) is str for value in row.cells if value is not None)
        if is_plain and not is_numbering(row) and len(set(texts)) == len(texts) > most:
            if any(_DECIMAL.fullmatch(text) for text in texts):
                continue
            best, most = at, len(texts)
    return best


def _filled(row: SheetRow, columns: dict[int, _Column]) -> int:
    return sum(bool(shown_text(cell(row.cells, at))) for at in columns)


def _name(label: str) -> str:
    """A name for Postgres out of a label."""
    plain = "".join(
        one
        for one in normalize("NFKD", label.replace("đ", "d").replace("Đ", "D"))
        if not combining(one)
    )
    name = re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")[:50].strip("_")
    return name if name[:1].isalpha() else f"column_{name}".strip("_")


def _unused(name: str, columns: dict[int, _Column]) -> str:
    taken = {column.name for column in columns.values()}
    number, found = 2, name
    while found in taken:
        found, number = f"{name}_{number}", number + 1
    return found


def _text(feed: str, columns: list[_Column], rows: int) -> str:
    head = {
        "feed": feed,
        "title": {"vi": feed, "en": feed},
        "owner": "?",
        "match": [f"*{feed}*"],
        "reader": "table",
        "locale": "vi",
        "mode": "append",
        "sender": "folder",
        "closed": "none",
        "grain": {"vi": "dòng", "en": "row"},
    }
    lines = [
        f"# Guessed from {rows} rows of a file. Decide and correct: title, owner, match, mode and",
        "# document (what names a row), sender, identity, personal columns, lists, rules.",
        *(_line(key, value) for key, value in head.items()),
        "columns:",
    ]
    lines += [f"  {_line(column.name, dict(_keys(column, rows)))}" for column in columns]
    return "\n".join(lines) + "\n"


def _keys(column: _Column, rows: int) -> Iterator[tuple[str, object]]:
    yield "meaning", {"vi": column.label, "en": column.label}
    yield "label", column.label
    kind, form = _type(column.values)
    if kind != "text":
        yield "type", kind
    if form:
        yield "formats", form
    if rows and column.count == rows:
        yield "required", True
    plain = " ".join(_name(column.label).split("_"))
    if _NAMES.search(plain):
        yield "personal", "personal"


def _type(values: Sequence[Value]) -> tuple[str, str]:
    """The narrowest type that all values have, and the form of days."""
    if not values:
        return "text", ""
    if all(isinstance(value, datetime) for value in values):
        return "date", ""
    texts = [shown_text(value) for value in values]
    for form in _DAYS:
        if all(parse_moment(text, (form,)) for text in texts):
            return "date", form
    if {text.lower() for text in texts} <= _FLAGS and len(set(texts)) > 1:
        return "boolean", ""
    if all(map(_DECIMAL.fullmatch, texts)):
        return _type_of_digits(values, texts), ""
    is_short = all(len(text) <= 20 and " " not in text for text in texts)
    return ("code" if is_short else "text"), ""


def _type_of_digits(values: Sequence[Value], texts: Sequence[str]) -> str:
    if any(map(_has_zero_in_front, texts)):
        return "code"
    if all(map(_WHOLE.fullmatch, texts)):
        return "integer" if _is_of_numbers(values) else "code"
    return "number"


def _is_of_numbers(values: Sequence[Value]) -> bool:
    """Cells say that they are numbers, or they are too different in length for codes."""
    if all(isinstance(value, Number) for value in values):
        return True
    return len({len(shown_text(value)) for value in values}) > 1


def _has_zero_in_front(text: str) -> bool:
    return len(text) > 1 and text[0] == "0" and text[1].isdigit()


def _line(key: str, value: object) -> str:
    written = yaml.safe_dump(
        value, allow_unicode=True, default_flow_style=True, width=10_000, sort_keys=False
    )
    return f"{key}: {written.removesuffix('...' + chr(10)).strip()}"
