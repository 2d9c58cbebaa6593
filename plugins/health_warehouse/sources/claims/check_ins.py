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
from health_warehouse.sources.claims.blank_rows import is_blank
from health_warehouse.sources.claims.dossier import Envelope, Row
from health_warehouse.sources.claims.element_stream import ElementStream, Path
from health_warehouse.sources.claims.hardened_xml import (
    PROLOG_BYTES,
    HostileXml,
    local_name,
    root_name,
)
from health_warehouse.sources.claims.losses import (
    SIGNATURES,
    UnreadableTable,
    require_no_loss_in_row,
)
from health_warehouse.sources.claims.rows import read_row
from health_warehouse.sources.claims.schema import CHECK_INS

MAX_FAULTY_ROWS = 10_000  # each becomes an original and a finding

_LIST_PATHS = ((CHECK_INS.root, "DSACH_TRANG_THAI_KCB"), (CHECK_INS.root,))
_ROW_PATHS = tuple((*path, CHECK_INS.row) for path in _LIST_PATHS)


@dataclass(frozen=True, slots=True)
class CheckIn:
    """One TRANG_THAI_KCB. `line` counts from 1 in the file. `row` is None when `problem` is not.

    `is_blank`: it tells of no check-in."""

    line: int
    row: Row | None
    original: str = ""
    problem: UnreadableTable | None = None
    is_blank: bool = False


def is_check_in_file(stream: BinaryIO) -> bool:
    """Whether the root is that of the check-ins. Leaves the stream at its beginning."""
    head = stream.read(PROLOG_BYTES).lstrip(b" \t\r\n")
    stream.seek(0)
    try:
        return root_name(head) == CHECK_INS.root
    except HostileXml:
        return False


def read_check_ins(
    stream: BinaryIO, max_file_bytes: int, max_row_bytes: int, envelope: Envelope | None = None
) -> Iterator[CheckIn]:
    """The rows in their order. Raises FileUnreadable; callers must not commit before the end, when
    `is_signed` and `remarks` of `envelope` are set."""
    paths = (*_LIST_PATHS, *_ROW_PATHS)
    elements = ElementStream(stream, paths, _ROW_PATHS, max_file_bytes, max_row_bytes)
    line = faulty = 0
    for path, element in elements:
        _require_only_rows(path, element)
        if path in _LIST_PATHS:
            continue
        line += 1
        read = _read(element, line)
        faulty += read.problem is not None
        if faulty > MAX_FAULTY_ROWS:
            raise FileUnreadable("F03", f"more than {MAX_FAULTY_ROWS} rows cannot be read")
        yield read
    if line == 0:
        raise FileUnreadable("F01", f"no {CHECK_INS.row} in the file")
    if envelope is None:
        return
    envelope.is_signed = elements.is_signed
    if remark := elements.encoding.remark:
        envelope.remarks.append(remark)


def _require_only_rows(path: Path, element: Any) -> None:
    """What else is among the rows would be lost. Of rows that were read one is there, emptied."""
    known = SIGNATURES | {CHECK_INS.row}
    if len(path) < 3 and path != _LIST_PATHS[0]:
        known |= {_LIST_PATHS[0][-1]}
    listed = element if path in _LIST_PATHS else element.itersiblings(preceding=True)
    if any(local_name(other.tag) not in known for other in listed):
        raise FileUnreadable("F01", f"elements other than {CHECK_INS.row} among the rows")


def _read(element: Any, line: int) -> CheckIn:
    try:
        require_no_loss_in_row(element, line)
        row = read_row(CHECK_INS, element, line)
        return CheckIn(line, row, is_blank=is_blank(CHECK_INS, row))
    except UnreadableTable as error:
        original = etree.tostring(element, encoding="unicode", with_tail=False)
        return CheckIn(line, None, original, error)
