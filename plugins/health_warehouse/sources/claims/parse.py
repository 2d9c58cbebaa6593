"""A claim file (QĐ 4750/QĐ-BYT, 3176/QĐ-BYT) as a stream of dossiers. Pure: bytes in, values out.

Bounds: at most `max_file_bytes` are read; of one HOSO at most `max_dossier_bytes` plus one chunk
are in memory, as text, decoded and as a tree. A file that breaks the envelope raises FileUnreadable
at the place where it breaks, so callers must not commit before the last dossier. A dossier that
breaks a rule of its own carries `problems` and lets its neighbours pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from typing import Any, BinaryIO
from unicodedata import normalize

from lxml import etree

from health_warehouse.errors import FileUnreadable
from health_warehouse.sources.claims.dossier import Dossier, Envelope
from health_warehouse.sources.claims.hardened_xml import (
    MAX_MARKUP,
    PARSER_OPTIONS,
    PROLOG_BYTES,
    HostileXml,
    describe,
    local_name,
    root_name,
)
from health_warehouse.sources.claims.parts import read_dossier
from health_warehouse.sources.claims.rows import XML_SPACE

CHUNK_BYTES = 256 * 1024
_HEADER_PATHS: dict[tuple[str, ...], str] = {
    ("GIAMDINHHS", "THONGTINDONVI", "MACSKCB"): "MACSKCB",
    ("GIAMDINHHS", "THONGTINHOSO", "NGAYLAP"): "NGAYLAP",
    ("GIAMDINHHS", "THONGTINHOSO", "SOLUONGHOSO"): "SOLUONGHOSO",
}
_DOSSIER_PATH = ("GIAMDINHHS", "THONGTINHOSO", "DANHSACHHOSO", "HOSO")
_MAX_FACILITY_LENGTH = 20  # the standard has 5; the 13-digit codes of health checks also occur


class ClaimFile:
    """Iterate to get the dossiers; then `envelope` is complete. One pass only.

    `facility_id` (MACSKCB) is known with the first dossier, wherever the envelope has it.
    `stream` is binary and seekable. Iteration raises FileUnreadable.
    """

    def __init__(self, stream: BinaryIO, max_file_bytes: int, max_dossier_bytes: int) -> None:
        self.envelope = Envelope()
        self.facility_id = ""
        self._stream = stream
        self._max_file_bytes = max_file_bytes
        self._max_dossier_bytes = max_dossier_bytes
        self._table_parser = etree.XMLParser(**PARSER_OPTIONS)

    def __iter__(self) -> Iterator[Dossier]:
        position = 0
        headers: dict[str, str] = {}
        for path, element in self._elements():
            header = _HEADER_PATHS.get(path)
            if header is not None:
                self._take_header(headers, header, element)
            elif path == _DOSSIER_PATH:
                position += 1
                self.facility_id = self.envelope.facility_id or self._facility_ahead()
                yield read_dossier(element, position, self.facility_id, self._table_parser)
                _forget(element)
        if not self.envelope.facility_id:
            raise FileUnreadable("F01", "MACSKCB is missing")
        if position == 0:
            raise FileUnreadable("F01", "no HOSO in the file")

    def _take_header(self, seen: dict[str, str], name: str, element: Any) -> None:
        value = normalize("NFC", element.text or "").strip(XML_SPACE)
        if seen.setdefault(name, value) != value or len(element):
            raise FileUnreadable("F01", f"{name} is given more than once, or is not a plain value")
        if name == "MACSKCB":
            if len(value) > _MAX_FACILITY_LENGTH:
                raise FileUnreadable("F01", f"MACSKCB has {len(value)} characters")
            self.envelope.facility_id = value
        elif name == "NGAYLAP":
            self.envelope.declared_date = _day(value)
        elif re.fullmatch(r"[0-9]{1,9}", value):
            self.envelope.declared_count = int(value)

    def _facility_ahead(self) -> str:
        """MACSKCB of an envelope that puts it behind the dossiers: the one thing read twice."""
        here = self._stream.tell()
        self._stream.seek(0)
        values = (
            (element.text or "").strip(XML_SPACE)
            for path, element in self._elements()
            if _HEADER_PATHS.get(path) == "MACSKCB"
        )
        found = next(values, "")
        self._stream.seek(here)
        if not found:
            raise FileUnreadable("F01", "MACSKCB is missing")
        return normalize("NFC", found)

    def _elements(self) -> Iterator[tuple[tuple[str, ...], Any]]:
        """(path of names, element) of headers and HOSO as each ends."""
        tags = [f"{{*}}{path[-1]}" for path in (*_HEADER_PATHS, _DOSSIER_PATH)]
        parser = etree.XMLPullParser(events=("end",), tag=tags, **PARSER_OPTIONS)
        try:
            for chunk in self._chunks():
                parser.feed(chunk)
                yield from self._ended(parser)
            parser.close()
            yield from self._ended(parser)
        except etree.XMLSyntaxError as error:
            raise FileUnreadable("F01", describe(error)) from None

    def _ended(self, parser: etree.XMLPullParser) -> Iterator[tuple[tuple[str, ...], Any]]:
        for _event, element in parser.read_events():
            ancestors = [local_name(a.tag) for a in element.iterancestors()]
            path = (*reversed(ancestors), local_name(element.tag))
            yield path, element
            if path == _DOSSIER_PATH:
                self._bytes_in_dossier = self._markup_in_dossier = 0

    def _chunks(self) -> Iterator[bytes]:
        """The file in pieces, with the prolog checked first and the bounds on the way."""
        head = self._stream.read(PROLOG_BYTES)
        try:
            if root_name(head) != "GIAMDINHHS":
                raise FileUnreadable("F01", "the root is not GIAMDINHHS")
        except HostileXml as error:
            raise FileUnreadable("F01", str(error)) from None
        total = 0
        self._bytes_in_dossier = self._markup_in_dossier = 0
        chunk = head
        while chunk:
            total += len(chunk)
            if total > self._max_file_bytes:
                raise FileUnreadable("F01", f"larger than {self._max_file_bytes} bytes")
            self._bytes_in_dossier += len(chunk)
            self._markup_in_dossier += chunk.count(b"<")
            yield chunk
            if self._bytes_in_dossier > self._max_dossier_bytes + CHUNK_BYTES:
                raise FileUnreadable("F01", f"a HOSO larger than {self._max_dossier_bytes} bytes")
            if self._markup_in_dossier > MAX_MARKUP:
                raise FileUnreadable("F01", "a HOSO with too many elements")
            chunk = self._stream.read(CHUNK_BYTES)


def _forget(element: Any) -> None:
    """Free a HOSO that has been read, and those before it: memory stays that of one dossier."""
    parent = element.getparent()
    element.clear()
    while element.getprevious() is not None:
        del parent[0]


def _day(value: str) -> str | None:
    with suppress(ValueError):
        if re.fullmatch(r"[0-9]{8}", value):
            date(int(value[:4]), int(value[4:6]), int(value[6:]))
            return value
    return None
