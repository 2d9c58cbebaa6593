"""Elements of one table to rows of text: by name, in any order, nothing lost in silence."""

from __future__ import annotations

import json
from typing import Any
from unicodedata import normalize

from lxml import etree

from health_warehouse.sources.claims.dossier import Row
from health_warehouse.sources.claims.hardened_xml import local_name
from health_warehouse.sources.claims.schema import TABLES, Table

XML_SPACE = " \t\r\n"

_COLUMNS = {name: {f.name: i for i, f in enumerate(t.fields)} for name, t in TABLES.items()}
# Elements below a field, and words between fields: both would vanish when only fields are read.
_DEEP_IN_ROW = etree.XPath("boolean(*/*)")
_DEEP_IN_LIST = etree.XPath(
    "boolean(*/*/*/*) or boolean(*[not(starts-with(local-name(), 'DSACH'))]/*/*)"
)
_WORDS = etree.XPath("boolean(descendant-or-self::*[*]/text()[normalize-space()])")


class UnreadableTable(Exception):
    """A table that cannot be taken apart. `reason` holds no value of a patient."""

    def __init__(self, reason: str, line: int | None = None, field: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
        self.field = field


def read_rows(table: Table, root: Any) -> list[Row]:
    """Rows of a parsed XML1, XML2 or XML3. Raises UnreadableTable."""
    if local_name(root.tag) != table.root:
        raise UnreadableTable(f"the root is not {table.root}")
    if _WORDS(root) or (_DEEP_IN_LIST if table.has_lines else _DEEP_IN_ROW)(root):
        raise UnreadableTable("text between elements, or elements inside a value")
    elements = _line_elements(table, root) if table.has_lines else [root]
    return [_read_row(table, element, line) for line, element in enumerate(elements, 1)]


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


def _read_row(table: Table, element: Any, line: int) -> Row:
    """The inner loop of ingestion: about 45 elements per line, so no calls that can be spared."""
    columns = _COLUMNS[table.name]
    row: Row = [None] * (len(columns) + 1)
    extra: dict[str, str] = {}
    for child in element:
        name = child.tag
        column = columns.get(name)
        if column is None:
            name = local_name(name)
            column = columns.get(name)
        text = child.text or ""
        if not text.isascii():
            text = normalize("NFC", text)
        if column is None:
            if name in extra:
                raise UnreadableTable("an element of the row appears twice", line, name[:63])
            extra[name] = text
        elif row[column] is None:
            row[column] = text
        else:
            raise UnreadableTable(f"{name} appears twice in the row", line, name)
    if extra:
        row[-1] = json.dumps(extra, ensure_ascii=False)
    return row


def distinct_ma_lk(root: Any) -> tuple[str, ...]:
    """The MA_LK values anywhere below `root`, stripped, sorted."""
    values = {(e.text or "").strip(XML_SPACE) for e in root.iter("{*}MA_LK")}
    return tuple(sorted(normalize("NFC", value) for value in values))
