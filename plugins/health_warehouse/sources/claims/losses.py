"""What a table holds that its rows cannot: refused, for it would vanish in silence.

Elements inside a value, words between values, values written as attributes. Signatures
(CHUKYDONVI) are no data; the archive keeps them.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from health_warehouse.sources.claims.hardened_xml import local_name
from health_warehouse.sources.claims.schema import Table

SIGNATURES = frozenset({"CHUKYDONVI", "Signature"})

_XML_SPACE = " \t\r\n"
# Quick, and says only that something may be wrong; what it is, is looked for afterwards.
_IN_ROW = "*/* | text()[normalize-space()]"
_IN_LIST = (
    "text()[normalize-space()] | */text()[normalize-space()] | */*/*/* |"
    " *[starts-with(local-name(), 'DSACH')]/*/text()[normalize-space()] |"
    " *[not(starts-with(local-name(), 'DSACH'))]/*/*"
)
_ATTRIBUTES = "descendant-or-self::*/@*"
_IS_SUSPECT = {  # by whether the table has lines, and whether it may have attributes
    (False, False): etree.XPath(f"boolean({_IN_ROW})"),
    (False, True): etree.XPath(f"boolean({_IN_ROW} | {_ATTRIBUTES})"),
    (True, False): etree.XPath(f"boolean({_IN_LIST})"),
    (True, True): etree.XPath(f"boolean({_IN_LIST} | {_ATTRIBUTES})"),
}
# xsi:nil, xsi:type, xml:space say nothing of a value; Id names what a signature covers. By XPath,
# for lxml takes time quadratic in the number of attributes to list them.
_ODD_ATTRIBUTE = (
    "@*[namespace-uri() != 'http://www.w3.org/2001/XMLSchema-instance'"
    " and namespace-uri() != 'http://www.w3.org/XML/1998/namespace'"
    " and not(../* and translate(local-name(), 'ID', 'id') = 'id')]"
)
_HAS_ODD_ATTRIBUTE = etree.XPath(f"boolean({_ODD_ATTRIBUTE})")
_WITH_ODD_ATTRIBUTE = etree.XPath(f"descendant-or-self::*[{_ODD_ATTRIBUTE}]")


class UnreadableTable(Exception):
    """A table that cannot be taken apart. `reason` holds no value of a patient."""

    def __init__(self, reason: str, line: int | None = None, field: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
        self.field = field


def require_no_loss(table: Table, root: Any, *, has_attributes: bool) -> None:
    """Raises UnreadableTable with line and field of the first thing that rows would lose.

    `has_attributes` may be false when there can be none: looking for them takes its time.
    """
    if _IS_SUSPECT[table.has_lines, has_attributes](root):
        _require_plain(table, root)
        _require_no_attributes(table, root)


def require_no_loss_in_row(row: Any, line: int) -> None:
    """The same for a single row element. Raises UnreadableTable."""
    if _IS_SUSPECT[False, True](row):
        _require_plain_row(row, line)
        if found := _WITH_ODD_ATTRIBUTE(row):
            raise _attribute(line, found[0])


def _require_plain(table: Table, root: Any) -> None:
    if not table.has_lines:
        _require_plain_row(root, 1)
        return
    _require_no_words(root, None)
    line = 0
    for child in root:
        name = local_name(child.tag)
        if name in SIGNATURES:
            continue
        is_list = name.startswith("DSACH")
        if is_list:
            _require_no_words(child, None)
        for row in child if is_list else [child]:
            line += 1
            _require_plain_row(row, line)


def _require_plain_row(row: Any, line: int) -> None:
    _require_no_words(row, line)
    for child in row:
        if len(child) and local_name(child.tag) not in SIGNATURES:
            raise UnreadableTable("elements inside a value", line, local_name(child.tag)[:63])


def has_words(element: Any) -> bool:
    """Whether text stands between the elements in `element`."""
    words = [element.text, *[child.tail for child in element]]
    return any(word is not None and not word.isspace() for word in words)


def _require_no_words(element: Any, line: int | None) -> None:
    if (element.text or "").strip(_XML_SPACE):
        raise UnreadableTable("text before the first element", line)
    for child in element:
        if (child.tail or "").strip(_XML_SPACE):
            raise UnreadableTable("text between elements", line, local_name(child.tag)[:63])


def _require_no_attributes(table: Table, root: Any) -> None:
    if _HAS_ODD_ATTRIBUTE(root):
        raise _attribute(None, root)
    for child in root:
        if local_name(child.tag) in SIGNATURES:
            continue
        if found := _WITH_ODD_ATTRIBUTE(child):
            raise _attribute(_line(table, found[0]), found[0])


def _line(table: Table, element: Any) -> int | None:
    """Which row `element` is in, by its place among its neighbours."""
    if not table.has_lines:
        return 1
    row = element
    while row is not None and local_name(row.tag) != table.row:
        row = row.getparent()
    return None if row is None else 1 + sum(1 for _ in row.itersiblings(preceding=True))


def _attribute(line: int | None, element: Any) -> UnreadableTable:
    return UnreadableTable("a value written as an attribute", line, local_name(element.tag)[:63])
