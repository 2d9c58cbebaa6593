"""Elements of one table to rows of text: by name, in any order, nothing lost in silence."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from unicodedata import normalize

from health_warehouse.sources.claims.composed import PileOfMarks, composed
from health_warehouse.sources.claims.dossier import Row
from health_warehouse.sources.claims.hardened_xml import local_name, quoted_name
from health_warehouse.sources.claims.legacy import require_current_format
from health_warehouse.sources.claims.losses import SIGNATURES, UnreadableTable, require_no_loss
from health_warehouse.sources.claims.plain_rows import remember_order
from health_warehouse.sources.claims.schema import CHECK_INS, TABLES, Table

XML_SPACE = " \t\r\n"
MAX_LINES = 20_000  # of one table of a dossier; each becomes a row and, when wrong, findings
MAX_ELEMENTS = 300  # of one row; the widest table has 66 fields
MAX_NAME = 200  # characters of the name of an element, with its namespace
_MAX_MA_LK_LENGTH = 256  # the longest that a dossier may have is shorter, so a cut one is no other
_MAX_MA_LK_VALUES = 20

_COLUMNS = {
    table.name: {field.name: place for place, field in enumerate(table.fields)}
    for table in (*TABLES.values(), CHECK_INS)
}


def read_rows(table: Table, root: Any, *, has_attributes: bool = True) -> list[Row]:
    """Rows of a parsed table of a HOSO. Raises UnreadableTable, FileUnreadable (F08).

    `has_attributes` may be false when there can be none: looking for them takes its time.
    """
    if (name := local_name(root.tag)) != table.root:
        raise UnreadableTable(f"the root is {quoted_name(name)}, not {table.root}")
    require_no_loss(table, root, has_attributes=has_attributes)
    elements = _line_elements(table, root) if table.has_lines else [root]
    if len(elements) > MAX_LINES:
        raise UnreadableTable(f"more than {MAX_LINES} lines")
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
        elif name not in SIGNATURES:
            raise UnreadableTable("an element that is neither a list nor a row", field=name[:63])
    for line, element in enumerate(found, 1):
        if (name := local_name(element.tag)) != table.row:
            reason = f"the list holds elements other than {table.row}"
            raise UnreadableTable(reason, line, name[:63])
    return found


def read_row(table: Table, element: Any, line: int) -> Row:
    """Values of one row element by name. Raises UnreadableTable.

    The inner loop of ingestion: what depends on names alone is worked out once per layout.
    """
    if len(element) > MAX_ELEMENTS:
        raise UnreadableTable(f"more than {MAX_ELEMENTS} elements in the row", line)
    children = list(element)
    try:
        layout = _layout(table.name, tuple([child.tag for child in children]))
        values = composed([child.text or "" for child in children])
    except UnreadableTable as error:
        raise UnreadableTable(error.reason, line, error.field) from None
    except PileOfMarks as error:
        raise UnreadableTable(str(error), line, layout.names[error.place]) from None
    if layout.is_in_order:
        return [*values, None]
    row: Row = [None] * (len(_COLUMNS[table.name]) + 1)
    for column, value in zip(layout.columns, values, strict=True):
        row[column] = value
    row[-1] = None
    if layout.unknown:
        extra = {name: values[place] for place, name in layout.unknown.items()}
        row[-1] = json.dumps(extra, ensure_ascii=False)
    return row


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the elements of a row go. `columns`: per element its place in the row (unknown ones
    and signatures to the last, `_extra`, which is written anew); `unknown`: place to name;
    `is_in_order`: the elements are the fields of the table, all of them and in their order."""

    names: tuple[str, ...]
    columns: tuple[int, ...]
    unknown: dict[int, str]
    is_in_order: bool


@lru_cache(maxsize=1024)  # a sender writes few layouts; a hostile one must not fill the memory
def _layout(table_name: str, tags: tuple[str, ...]) -> _Layout:
    """Raises UnreadableTable when an element appears twice: one of the values would be lost.

    Raises FileUnreadable (F08) on the XML1 of a standard that is dead.
    """
    columns = _COLUMNS[table_name]
    names = tuple([local_name(tag) for tag in tags])
    for tag in tags:
        if len(tag) > MAX_NAME:
            raise UnreadableTable(f"a name of more than {MAX_NAME} characters", field=tag[:63])
    for name, count in Counter(names).items():
        if count > 1 and name not in SIGNATURES:
            raise UnreadableTable("an element appears twice in the row", field=name[:63])
    if table_name == "XML1":
        require_current_format(set(names))
    if table_name in TABLES:
        remember_order(TABLES[table_name], names)
    return _Layout(
        names,
        tuple([columns.get(name, len(columns)) for name in names]),
        {
            place: name
            for place, name in enumerate(names)
            if name not in columns and name not in SIGNATURES
        },
        names == tuple(columns),
    )


def distinct_ma_lk(root: Any) -> tuple[str, ...]:
    """The MA_LK values anywhere below `root`, stripped, sorted. More than one is an error already
    (F04), so of thousands only a few are told."""
    found = {(e.text or "").strip(XML_SPACE)[:_MAX_MA_LK_LENGTH] for e in root.iter("{*}MA_LK")}
    return tuple(sorted(normalize("NFC", value) for value in found)[:_MAX_MA_LK_VALUES])
