"""A check-in file (XML0, QĐ 4750/QĐ-BYT) as a stream of rows. Pure: bytes in, values out.

The feed has a root of its own and no envelope: no MACSKCB, no dossiers, so F01 and F02 say nothing
of it. A row that cannot be taken apart is set aside and lets its neighbours pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from lxml import etree

from health_warehouse.errors import FileUnreadable
from health_warehouse.sources.claims.dossier import Row
from health_warehouse.sources.claims.hardened_xml import (
    MAX_MARKUP,
    PARSER_OPTIONS,
    PROLOG_BYTES,
    HostileXml,
    describe,
    root_name,
)
from health_warehouse.sources.claims.rows import UnreadableTable, read_row
from health_warehouse.sources.claims.schema import CHECK_INS

_CHUNK_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class CheckIn:
    """One TRANG_THAI_KCB. `line` counts from 1 in the file. `row` is None when `problem` is not."""

    line: int
    row: Row | None
    original: str = ""
    problem: UnreadableTable | None = None


def is_check_in_file(stream: BinaryIO) -> bool:
    """Whether the root is that of the check-ins. Leaves the stream at its beginning."""
    head = stream.read(PROLOG_BYTES)
    stream.seek(0)
    try:
        return root_name(head) == CHECK_INS.root
    except HostileXml:
        return False


def read_check_ins(stream: BinaryIO, max_file_bytes: int, max_row_bytes: int) -> Iterator[CheckIn]:
    """The rows in their order. Raises FileUnreadable; callers must not commit before the end."""
    parser = etree.XMLPullParser(events=("end",), tag=f"{{*}}{CHECK_INS.row}", **PARSER_OPTIONS)
    line = 0
    total = since_row = markup = 0
    try:
        while chunk := stream.read(_CHUNK_BYTES):
            total += len(chunk)
            since_row += len(chunk)
            markup += chunk.count(b"<")
            if total > max_file_bytes:
                raise FileUnreadable("F01", f"larger than {max_file_bytes} bytes")
            if since_row > max_row_bytes + _CHUNK_BYTES or markup > MAX_MARKUP:
                raise FileUnreadable("F01", "a row that is too large")
            parser.feed(chunk)
            for _event, element in parser.read_events():
                line += 1
                since_row = markup = 0
                yield _read(element, line)
                _forget(element)
        parser.close()
    except etree.XMLSyntaxError as error:
        raise FileUnreadable("F01", describe(error)) from None
    if line == 0:
        raise FileUnreadable("F01", f"no {CHECK_INS.row} in the file")


def _read(element: Any, line: int) -> CheckIn:
    try:
        return CheckIn(line, read_row(CHECK_INS, element, line))
    except UnreadableTable as error:
        original = etree.tostring(element, encoding="unicode", with_tail=False)
        return CheckIn(line, None, original, error)


def _forget(element: Any) -> None:
    """Free a row that has been read, and those before it."""
    parent = element.getparent()
    element.clear()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
