"""Files of the insurer's other envelopes: known by what they are, archived, and not taken yet.

Which root is which kind stands in other_envelopes.csv. A root that is not listed is such a file
when it is built as they are: directly below it stands the sender (THONGTINDONVI) or the signature
(CHUKYDONVI, or a Signature of XML-DSig).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

from lxml import etree

from health_warehouse.errors import FileNotTaken, FileUnreadable
from health_warehouse.sources.claims.dossier import Envelope
from health_warehouse.sources.claims.element_stream import CHUNK_BYTES, SIGNATURE
from health_warehouse.sources.claims.file_bytes import FileBytes
from health_warehouse.sources.claims.hardened_xml import (
    MAX_ATTRIBUTES,
    PARSER_OPTIONS,
    PROLOG_BYTES,
    HostileXml,
    describe,
    local_name,
    quoted_name,
    root_name,
)

UNKNOWN_ENVELOPE = "unknown_envelope"
_OURS = frozenset({"giamdinhhs", "chi_tieu_trang_thai_kcb"})
_MAX_DEPTH = 200
_MARKS = frozenset({"THONGTINDONVI", "CHUKYDONVI", local_name(SIGNATURE)})


@dataclass(frozen=True, slots=True)
class OtherEnvelope:
    """A kind of file that has a root of its own. `meaning` is for people."""

    kind: str
    meaning: str


@cache
def other_envelopes() -> Mapping[str, OtherEnvelope]:
    """The kinds by the name of their root."""
    path = Path(__file__).with_name("other_envelopes.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return {
            line["root"]: OtherEnvelope(line["kind"], line["meaning"])
            for line in csv.DictReader(file)
        }


def require_taken(stream: BinaryIO, max_file_bytes: int, envelope: Envelope) -> None:
    """Raises FileNotTaken on a file of another envelope, FileUnreadable (F01) on a broken one.

    Of other files it says nothing, and leaves the stream at its beginning. It sets `is_signed` of
    `envelope`. Memory: one chunk.
    """
    head = stream.read(PROLOG_BYTES).lstrip(b" \t\r\n")
    stream.seek(0)
    try:
        root = root_name(head)
    except HostileXml:
        return
    if root.lower() in _OURS or root.lower() == "html":
        return
    known = other_envelopes().get(root)
    outline = _Outline()
    try:
        _read(stream, max_file_bytes, outline)
    except FileUnreadable:
        if known is None:  # nothing tells that it is one of those
            stream.seek(0)
            return
        raise
    if known is None and not outline.names & _MARKS:
        stream.seek(0)
        return
    envelope.is_signed = outline.is_signed
    found = known or OtherEnvelope(UNKNOWN_ENVELOPE, "an envelope of the insurer that is not known")
    reason = f"not taken yet: {found.meaning}; the root is {quoted_name(root)}"
    raise FileNotTaken(found.kind, reason)


def _read(stream: BinaryIO, max_file_bytes: int, outline: _Outline) -> None:
    parser = etree.XMLParser(target=outline, **PARSER_OPTIONS)
    attributes = 0
    try:
        for chunk in FileBytes(stream, max_file_bytes).chunks(CHUNK_BYTES):
            end = chunk.rfind(b">")
            attributes = (attributes if end < 0 else 0) + chunk.count(b"=", end + 1)
            if attributes > MAX_ATTRIBUTES:
                raise FileUnreadable("F01", "an element with too many attributes")
            parser.feed(chunk)
        parser.close()
    except etree.XMLSyntaxError as error:
        raise FileUnreadable("F01", describe(error)) from None


class _Outline:
    """What the parser tells of a document without building a tree: elements below the root, and
    whether there is a signature."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.is_signed = False
        self._depth = 0

    def start(self, tag: str, _attributes: Any) -> None:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise FileUnreadable("F01", f"elements more than {_MAX_DEPTH} levels deep")
        if self._depth == 2:
            self.names.add(local_name(tag))
        self.is_signed |= tag == SIGNATURE

    def end(self, _tag: str) -> None:
        self._depth -= 1

    def data(self, _text: str) -> None:
        pass

    def close(self) -> None:
        pass
