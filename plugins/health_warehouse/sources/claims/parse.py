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
from health_warehouse.reference.canonical import canonical_code
from health_warehouse.sources.claims.described import described
from health_warehouse.sources.claims.dossier import Dossier, Envelope
from health_warehouse.sources.claims.element_stream import ElementStream, Path
from health_warehouse.sources.claims.hardened_xml import (
    PARSER_OPTIONS,
    local_name,
    quoted_name,
)
from health_warehouse.sources.claims.losses import has_words
from health_warehouse.sources.claims.parts import read_dossier
from health_warehouse.sources.claims.rows import XML_SPACE

# A HOSO of a few bytes becomes rows and findings of a few hundred: without bounds a file of 6 MB
# with a million empty HOSO took 14 s to read and would fill the quarantine. At the mean of 8 KB per
# dossier the first bound is that of a file of 2 GB.
MAX_DOSSIERS = 250_000
MAX_FAULTY_DOSSIERS = 10_000

_ROOT_PATH = ("GIAMDINHHS",)
_FACILITY_PATH = ("GIAMDINHHS", "THONGTINDONVI", "MACSKCB")
_HEADER_PATHS: dict[Path, str] = {
    _FACILITY_PATH: "MACSKCB",
    ("GIAMDINHHS", "THONGTINHOSO", "NGAYLAP"): "NGAYLAP",
    ("GIAMDINHHS", "THONGTINHOSO", "SOLUONGHOSO"): "SOLUONGHOSO",
}
_LIST_PATH = ("GIAMDINHHS", "THONGTINHOSO", "DANHSACHHOSO")
_DOSSIER_PATH = (*_LIST_PATH, "HOSO")
_MAX_HEADER_LENGTH = 20  # the standard has 5; the 13-digit codes of health checks also occur


class ClaimFile:
    """Iterate to get the dossiers; then `envelope` is complete. One pass only.

    `facility_id` (MACSKCB) is known with the first dossier, wherever the envelope has it.
    `stream` is binary and seekable. Iteration raises FileUnreadable.
    """

    def __init__(self, stream: BinaryIO, max_file_bytes: int, max_dossier_bytes: int) -> None:
        self.envelope = Envelope()
        self.facility_id = ""
        self._stream = stream
        self._bounds = (max_file_bytes, max_dossier_bytes)
        self._headers: dict[str, str] = {}
        self._table_parser = etree.XMLParser(**PARSER_OPTIONS)

    def __iter__(self) -> Iterator[Dossier]:
        position = faulty = 0
        elements = self._elements()
        for path, element in elements:
            if path in _HEADER_PATHS:
                self._take_header(_HEADER_PATHS[path], element)
                continue
            if path[-1] != "HOSO":
                _require_only_dossiers(path, element)
                continue
            _require_all_read(element)
            for hoso in _nested_dossiers(element):
                position += 1
                if position == 1:
                    self.facility_id = self.envelope.facility_id or self._facility_ahead()
                dossier = read_dossier(hoso, position, self.facility_id, self._table_parser)
                faulty += bool(dossier.problems)
                _require_sound(position, faulty, dossier)
                yield dossier
        if not self.envelope.facility_id:
            raise FileUnreadable("F01", "MACSKCB is missing")
        if position == 0:
            raise FileUnreadable("F01", "no HOSO in the file")
        self.envelope.is_signed = elements.is_signed
        if remark := elements.encoding.remark:
            self.envelope.remarks.append(remark)

    def _elements(self) -> ElementStream:
        paths = (*_HEADER_PATHS, _ROOT_PATH, _LIST_PATH, _DOSSIER_PATH)
        parts = ("FILEHOSO",)
        return ElementStream(self._stream, paths, (_DOSSIER_PATH,), *self._bounds, item_parts=parts)

    def _take_header(self, name: str, element: Any) -> None:
        value = _header_value(name, element)
        if self._headers.setdefault(name, value) != value:
            raise FileUnreadable("F01", f"{name} is given more than once")
        if name == "MACSKCB":
            self.envelope.facility_id = canonical_code(value)
        elif name == "NGAYLAP":
            self.envelope.declared_date = _day(value)
            self.envelope.has_impossible_date = bool(value) and not self.envelope.declared_date
        elif re.fullmatch(r"[0-9]{1,9}", value):
            self.envelope.declared_count = int(value)

    def _facility_ahead(self) -> str:
        """MACSKCB of an envelope that puts it behind the dossiers: the one thing read twice."""
        here = self._stream.tell()
        self._stream.seek(0)
        found = next((e for path, e in self._elements() if path == _FACILITY_PATH), None)
        self._stream.seek(here)
        value = "" if found is None else canonical_code(_header_value("MACSKCB", found))
        if not value:
            raise FileUnreadable("F01", "MACSKCB is missing")
        return value


def _header_value(name: str, element: Any) -> str:
    """Text of a header. Its length is looked at first: no code and no date is long."""
    value = (element.text or "").strip(XML_SPACE)
    if len(element):
        raise FileUnreadable("F01", f"{name} is not a plain value")
    if len(value) > _MAX_HEADER_LENGTH:
        raise FileUnreadable("F01", f"{name} has {described(value)}")
    return normalize("NFC", value)


def _nested_dossiers(hoso: Any) -> Iterator[Any]:
    """A HOSO, and those that stand in it: each is a dossier, taken out of what encloses it.

    One that holds nothing but others is no dossier. How many there can be, the stream bounds.
    """
    if hoso.find("{*}HOSO") is None:
        yield hoso
        return
    enclosing = [hoso]
    while enclosing:
        outer = enclosing.pop()
        inner = outer.findall("{*}HOSO")
        for each in inner:
            outer.remove(each)
        if len(outer) or not inner:
            yield outer
        enclosing.extend(reversed(inner))


def _require_all_read(hoso: Any) -> None:
    """What stands before a HOSO is freed with it, so it must hold no part of a dossier. Of HOSO
    that were read one is there, emptied."""
    for node in (hoso, *hoso.iterancestors()):
        for before in node.itersiblings(preceding=True):
            if node.getparent().tag.endswith("DANHSACHHOSO"):
                _require_dossier_or_wrapper(before)
            _require_no_part(before)


def _require_only_dossiers(path: Path, element: Any) -> None:
    """What else is in DANHSACHHOSO, or is a part of a dossier elsewhere, would be lost."""
    if path == _LIST_PATH:
        for listed in element:
            _require_dossier_or_wrapper(listed)
    _require_no_part(element)


def _require_dossier_or_wrapper(element: Any) -> None:
    if local_name(element.tag) == "HOSO":
        return
    is_wrapper = len(element) and all(local_name(child.tag) == "HOSO" for child in element)
    if not is_wrapper or has_words(element):
        name = quoted_name(local_name(element.tag))
        raise FileUnreadable("F01", f"DANHSACHHOSO holds elements other than HOSO: {name}")


def _require_no_part(element: Any) -> None:
    if next(element.iter("{*}FILEHOSO"), None) is not None:
        raise FileUnreadable("F01", "a FILEHOSO outside of a HOSO: its dossier is not known")


def _require_sound(position: int, faulty: int, dossier: Dossier) -> None:
    if position > MAX_DOSSIERS:
        raise FileUnreadable("F01", f"more than {MAX_DOSSIERS} HOSO: send them in several files")
    if faulty > MAX_FAULTY_DOSSIERS:
        problem = dossier.problems[0]
        reason = f"more than {MAX_FAULTY_DOSSIERS} HOSO cannot be taken, HOSO {position} because: "
        raise FileUnreadable("F03", reason + problem.reason)


def _day(value: str) -> str | None:
    with suppress(ValueError):
        if re.fullmatch(r"[0-9]{8}", value):
            date(int(value[:4]), int(value[4:6]), int(value[6:]))
            return value
    return None
