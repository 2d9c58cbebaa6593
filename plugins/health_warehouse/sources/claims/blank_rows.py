"""Rows that tell of no event: exporters write each table of a data set, rows with MA_LK alone too.

What makes a row of a table an event stands in fields.csv (`event`), and so does an element that the
standard does not know, when it has a value: its meaning is not known, so it is not dropped.
"""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from health_warehouse.sources.claims.dossier import Row
from health_warehouse.sources.claims.schema import CHECK_INS, TABLES, Table

# White space of Unicode, and what has no width.
_BLANKS = (
    " \t\n\r\x0b\x0c\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000\u200b\u200c\u200d\u2060\ufeff"
)
_BLANKS += "".join(chr(code) for code in range(0x2000, 0x200B))
_ZERO = re.compile(r"[-+]?0+(?:[.,]0*)?")


class _Places(NamedTuple):
    """Columns of a table by what in them makes an event; `first`: the one that mostly has it."""

    first: int
    any: tuple[int, ...]
    nonzero: tuple[int, ...]


def take_blanks(table: Table, rows: list[Row]) -> list[Row]:
    """Put an empty row in the place of each blank one; returns the blank ones."""
    places = _PLACES[table.name]
    first = places.first
    # one look is enough for nearly every row: this is the inner loop of ingestion
    blank = [
        number
        for number, row in enumerate(rows)
        if (row[first] or " ").isspace() and not _is_event(row, places)
    ]
    taken = [rows[number] for number in blank]
    for number in blank:
        rows[number] = []
    return taken


def is_blank(table: Table, row: Row) -> bool:
    """Whether nothing in the row makes it an event."""
    return not _is_event(row, _PLACES[table.name])


def has_value(text: str | None) -> bool:
    """Whether there is anything in a value but white space and signs without width."""
    return bool(text and text.strip(_BLANKS))


def _is_event(row: Row, places: _Places) -> bool:
    if any(has_value(row[place]) for place in places.any):
        return True
    if any(_is_number_or_text(row[place]) for place in places.nonzero):
        return True
    extra = row[-1]
    return extra is not None and any(map(has_value, json.loads(extra).values()))


def _is_number_or_text(text: str | None) -> bool:
    return has_value(text) and not _ZERO.fullmatch((text or "").strip(_BLANKS))


def _places(table: Table) -> _Places:
    marked = list(enumerate(table.fields))
    any_value = tuple(place for place, field in marked if field.event == "any")
    always = [place for place in any_value if table.fields[place].required == "R"]
    return _Places(
        (always or any_value)[0],
        any_value,
        tuple(place for place, field in marked if field.event == "nonzero"),
    )


_PLACES = {table.name: _places(table) for table in (*TABLES.values(), CHECK_INS)}
