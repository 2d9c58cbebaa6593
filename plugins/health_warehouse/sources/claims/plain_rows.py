"""Rows of a table that is written plainly: one match of a pattern per row, and no tree.

Most software writes a row as its elements one after another, each a text between two tags. To make
a tree of that, and to ask it for every element, took two thirds of loading. What these patterns
match from the first sign to the last is well-formed, and the parser would give the same values; of
all else (comments, CDATA, attributes, unknown elements, other encodings, whatever is wrong) they
match nothing, and the parser reads it: `plain_rows` says None. Tests hold the two against each
other.

No pattern can run away: a value ends at the first `<`, and names of elements are told by the sign
that follows them, so there is one way to match, and giving up takes time linear in the row.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from unicodedata import is_normalized

from health_warehouse.sources.claims.composed import PileOfMarks, composed
from health_warehouse.sources.claims.dossier import Row
from health_warehouse.sources.claims.hardened_xml import MAX_ATTRIBUTES, MAX_MARKUP
from health_warehouse.sources.claims.schema import TABLES, Table

MAX_ORDERS = 4
"""Orders of elements that are remembered of a table, beside the standard's."""

_SPACE = r"[ \t\n]*"
_XSI = re.escape('xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"')
_XSD = re.escape('xmlns:xsd="http://www.w3.org/2001/XMLSchema"')
_NAMESPACES = f"( {_XSI}(?: {_XSD})?| {_XSD} {_XSI})?"
_DECLARATION = (
    r"""(?:<\?xml version=(?:"1\.0"|'1\.0')(?: encoding=(?:"(?i:utf-8)"|'(?i:utf-8)'))?"""
    r"""(?: standalone=(?:"yes"|'yes'|"no"|'no'))? ?\?>)?"""
)
_NIL = ' xsi:nil="true"'
# What XML forbids; of all else that UTF-8 cannot hold the decoder tells.
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")
_NONCHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")  # U+FFFE, U+FFFF
_REFERENCE = re.compile("&(#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6}|amp|lt|gt|quot|apos);")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_BETWEEN, _ABSENT = "\x1f", "\x1e"


def plain_text(body: bytes) -> str | None:
    """A document in UTF-8 as text with the line ends that XML gives it; None: let the parser see.

    What it lets pass holds no character that XML forbids.
    """
    if b"\r" in body:
        body = body.replace(b"\r\n", b"\n")
        if b"\r" in body:
            return None
    if len(body.translate(None, _CONTROLS)) != len(body):
        return None
    if any(sign in body for sign in _NONCHARACTERS):
        return None
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


def plain_rows(table: Table, text: str, max_lines: int) -> list[Row] | None:
    """What `read_rows` gives of the same document; None when it is not plain.

    `text` holds no character that XML forbids, and the line ends that XML gives it.
    """
    if len(text) > MAX_ATTRIBUTES and (
        text.count("<") > MAX_MARKUP or text.count("=") > MAX_ATTRIBUTES
    ):
        return None
    if "]]>" in text:
        return None
    try:
        rows = _matched(_orders(table.name), text, max_lines)
        if rows is not None and ("&" in text or not _is_composed(text)):
            return [_exact(row) for row in rows]
    except (_NotPlain, PileOfMarks):
        return None
    return rows


def _matched(orders: list[_Order], text: str, max_lines: int) -> list[Row] | None:
    """Rows by the first order that matches; it is tried first the next time."""
    for place, order in enumerate(orders):
        if rows := order.rows(text, max_lines):
            if place:
                orders.insert(0, orders.pop(place))
            return rows
    return None


def remember_order(table: Table, names: Sequence[str]) -> None:
    """Rows of this table may come with their elements in this order: look for that, too.

    First come, first served: to compile a pattern takes milliseconds, which a hostile file with a
    new order in each of its rows must not take a million times.
    """
    orders = _orders(table.name)
    if len(orders) > MAX_ORDERS or any(order.covers(names) for order in orders):
        return
    if {field.name for field in table.fields}.issuperset(names):
        orders.append(_Order(table, tuple(names)))


@cache  # as many as there are tables
def _orders(table_name: str) -> list[_Order]:
    """Those looked for: the standard's, and what was learnt; the last that matched comes first."""
    table = TABLES[table_name]
    return [_Order(table, tuple(field.name for field in table.fields))]


class _Order:
    """The patterns of a table whose rows have these elements in this order, any of them absent."""

    def __init__(self, table: Table, names: tuple[str, ...]) -> None:
        self.names = names
        fields = [field.name for field in table.fields]
        self._places = None if list(names) == fields else [fields.index(name) for name in names]
        self._width = len(fields)
        self._has_lines = table.has_lines
        begin, end, one_of_list = f"<{table.root}{_NAMESPACES}>{_SPACE}", f"</{table.root}>", ""
        row = "".join(map(_element, names))
        if table.has_lines:
            one_of_list = f"(?:<(DSACH[A-Z_]*)>{_SPACE})?"
            row = f"<{table.row}>{row}{_SPACE}</{table.row}>{_SPACE}"
        self._head = re.compile(_DECLARATION + _SPACE + begin + one_of_list)
        self._row = re.compile(row)
        pairs = "".join(f"<{name}>([^<]*)</{name}>" for name in names)
        if table.has_lines:
            pairs = f"<{table.row}>{pairs}</{table.row}>{_SPACE}"
        self._pairs = re.compile(pairs)
        self._end_of_root = re.compile(f"{_SPACE}{end}{_SPACE}")

    def covers(self, names: Sequence[str]) -> bool:
        """Whether rows with just these elements, in this order, match."""
        rest = iter(self.names)
        return all(name in rest for name in names)

    def rows(self, text: str, max_lines: int) -> list[Row] | None:
        """Of a document that matches from its first sign to its last; references as they are.

        Raises _NotPlain on a prefix that nobody has declared.
        """
        head = self._head.match(text)
        if head is None:
            return None
        if _NIL in text and not head[1]:
            raise _NotPlain
        found, end = self._matches(text, head.end(), max_lines if self._has_lines else 1)
        if self._has_lines and head[2]:
            closing = f"</{head[2]}>"
            if not text.startswith(closing, end):
                return None
            end += len(closing)
        if not self._end_of_root.fullmatch(text, end):
            return None
        return [self._row_of(match) for match in found]

    def _matches(self, text: str, begin: int, at_most: int) -> tuple[list[re.Match[str]], int]:
        """The rows that follow each other from `begin`, and where the last of them ends."""
        found: list[re.Match[str]] = []
        end = begin
        pairs, row = self._pairs.match, self._row.match
        while len(found) < at_most and (match := pairs(text, end) or row(text, end)):
            found.append(match)
            end = match.end()
        return found, end

    def _row_of(self, match: re.Match[str]) -> Row:
        values: Sequence[str | None] = match.groups()
        if None in values:
            values = self._with_empty(match)
        if self._places is None:
            return [*values, None]
        row: Row = [None] * (self._width + 1)
        for place, value in zip(self._places, values, strict=True):
            row[place] = value
        return row

    def _with_empty(self, match: re.Match[str]) -> Sequence[str | None]:
        """The values, with '' for what is there and empty. None matched both that and nothing."""
        values = match.groups()
        text = match.group()
        empty_count = text.count("/>")
        if empty_count == 0:
            return values
        if empty_count == values.count(None):
            return match.groups("")
        return [
            "" if value is None and (f"<{name}/>" in text or f"<{name} " in text) else value
            for name, value in zip(self.names, values, strict=True)
        ]


def _element(name: str) -> str:
    # The space is within what may be absent: spaces one after another could share out a run of
    # blanks in more ways than a life is long.
    return f"(?:{_SPACE}<{name}(?:>([^<]*)</{name}>|(?:{_NIL})? ?/>))?"


def _is_composed(text: str) -> bool:
    return text.isascii() or is_normalized("NFC", text)


def _exact(row: Row) -> Row:
    """References as the signs that they stand for, and the values in NFC.

    All at once: XML holds neither sign that stands between and for values here, so nothing is made
    of them, and nothing composes with them.
    """
    together = _BETWEEN.join([_ABSENT if value is None else value for value in row])
    if "&" in together:
        together = _resolved(together)
    (together,) = composed([together])
    return [None if value == _ABSENT else value for value in together.split(_BETWEEN)]


def _resolved(together: str) -> str:
    """Raises _NotPlain on an entity of somebody's own."""
    resolved, count = _REFERENCE.subn(lambda found: _sign(found[1]), together)
    if count != together.count("&"):
        raise _NotPlain
    return resolved


@lru_cache(maxsize=1024)
def _sign(name: str) -> str:
    """What `&name;` stands for. Raises _NotPlain on what XML forbids."""
    if name in _NAMED:
        return _NAMED[name]
    code = int(name[2:], 16) if name[1] == "x" else int(name[1:])
    is_allowed = (
        code in (9, 10, 13)
        or 0x20 <= code <= 0xD7FF
        or 0xE000 <= code <= 0xFFFD
        or 0x10000 <= code <= 0x10FFFF
    )
    if not is_allowed:
        raise _NotPlain
    return chr(code)


class _NotPlain(Exception):
    """Only the parser can tell what this is."""
