"""Elements of one table to rows of text: by name, in any order, nothing lost in silence."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from unicodedata import normalize

from lxml import etree

from health_warehouse.sources.claims.dossier import Row
from health_warehouse.sources.claims.hardened_xml import local_name
from health_warehouse.sources.claims.schema import CHECK_INS, TABLES, Table

XML_SPACE = " \t\r\n"

_COLUMNS = {
    table.name: {field.name: place for place, field in enumerate(table.fields)}
    for table in (*TABLES.values(), CHECK_INS)
}
# Elements below a field, and words between fields: both would vanish when only fields are read.
_LOST_IN_ROW = etree.XPath("boolean(*/* | text()[normalize-space()])")
_LOST_IN_LIST = etree.XPath(
    "boolean(text()[normalize-space()] | */text()[normalize-space()] | */*/*/* |"
    " *[starts-with(local-name(), 'DSACH')]/*/text()[normalize-space()] |"
    " *[not(starts-with(local-name(), 'DSACH'))]/*/*)"
)


class UnreadableTable(Exception):
    """A table that cannot be taken apart. `reason` holds no value of a patient."""

    def __init__(self, reason: str, line: int | None = None, field: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
        self.field = field


def read_rows(table: Table, root: Any) -> list[Row]:
    """Rows of a parsed table of a HOSO. Raises UnreadableTable."""
    if local_name(root.tag) != table.root:
        raise UnreadableTable(f"the root is not {table.root}")
    if (_LOST_IN_LIST if table.has_lines else _LOST_IN_ROW)(root):
        raise UnreadableTable("text between elements, or elements inside a value")
    elements = _line_elements(table, root) if table.has_lines else [root]
    return [read_row(table, element, line) for line, element in enumerate(elements, 1)]


def _line_elements(table: Table, root: Any) -> list[Any]:
    """The row elements, inside the DSACH_… list or straight below the root."""
    found: list[Any] = []
    for child in root:
        name = local_name(child.tag)
        if name == table.row:
            found.append(child)
        elif name.startswith("DSACH"):
            found.extend(child)
        elif name != "CHUKYDONVI":  # a signature is no data; the archive keeps it
            raise UnreadableTable("an element that is neither a list nor a row")
    if any(local_name(element.tag) != table.row for element in found):
        raise UnreadableTable(f"the list holds elements other than {table.row}")
    return found


def read_row(table: Table, element: Any, line: int) -> Row:
    """Values of one row element by name. Raises UnreadableTable.

    The inner loop of ingestion: what depends on names alone is worked out once per layout.
    """
    children = list(element)
    try:
        layout = _layout(table.name, tuple([child.tag for child in children]))
    except UnreadableTable as error:
        raise UnreadableTable(error.reason, line, error.field) from None
    values = [child.text or "" for child in children]
    if not "".join(values).isascii():
        values = [normalize("NFC", value) for value in values]
    row: Row = [None] * (len(_COLUMNS[table.name]) + 1)
    for column, value in zip(layout.columns, values, strict=True):
        row[column] = value
    if layout.unknown:
        extra = {name: values[place] for place, name in layout.unknown.items()}
        row[-1] = json.dumps(extra, ensure_ascii=False)
    return row


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the elements of a row go. `columns`: per element its place in the row (unknown ones
    to the last, `_extra`); `unknown`: place among the elements to name."""

    columns: tuple[int, ...]
    unknown: dict[int, str]


@lru_cache(maxsize=1024)  # a sender writes few layouts; a hostile one must not fill the memory
def _layout(table_name: str, tags: tuple[str, ...]) -> _Layout:
    """Raises UnreadableTable when an element appears twice: one of the values would be lost."""
    columns = _COLUMNS[table_name]
    names = [local_name(tag) for tag in tags]
    for name, count in Counter(names).items():
        if count > 1:
            raise UnreadableTable("an element appears twice in the row", field=name[:63])
    return _Layout(
        tuple(columns.get(name, len(columns)) for name in names),
        {place: name for place, name in enumerate(names) if name not in columns},
    )


def distinct_ma_lk(root: Any) -> tuple[str, ...]:
    """The MA_LK values anywhere below `root`, stripped, sorted."""
    values = {(e.text or "").strip(XML_SPACE) for e in root.iter("{*}MA_LK")}
    return tuple(sorted(normalize("NFC", value) for value in values))
