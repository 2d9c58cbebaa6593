"""The envelope GIAMDINHHS: dossiers (HOSO) with their tables, as base64 or nested XML."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass

from health_warehouse.synthetic import tables
from health_warehouse.synthetic.encounters import Dossier
from health_warehouse.synthetic.province import Facility

_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>'
_EMPTY = re.compile(r"<(\w+)></\1>")


@dataclass
class Part:
    """One FILEHOSO: a table of a dossier."""

    table: str
    xml: str
    content: bytes | None = None
    """What stands in NOIDUNGFILE; None = the XML in the facility's way."""


def parts_of(dossier: Dossier, facility: Facility) -> list[Part]:
    """XML1, XML2 and XML3 when there are lines, then the rest."""
    swaps = facility.swaps_payers
    parts = [Part("XML1", tables.header(dossier.header, swaps))]
    if dossier.drugs:
        parts.append(Part("XML2", tables.drugs([line.fields for line in dossier.drugs], swaps)))
    if dossier.services:
        rows = [line.fields for line in dossier.services]
        parts.append(Part("XML3", tables.services(rows, swaps)))
    parts += [Part(table, xml) for table, xml in dossier.others]
    return parts


def opening(facility: Facility, declared_date: str, declared_count: str) -> bytes:
    """All that stands before the first HOSO."""
    return (
        f"{_DECLARATION}\n<GIAMDINHHS><THONGTINDONVI><MACSKCB>{facility.facility_id}</MACSKCB>"
        f"</THONGTINDONVI>\n<THONGTINHOSO><NGAYLAP>{declared_date}</NGAYLAP>"
        f"<SOLUONGHOSO>{declared_count}</SOLUONGHOSO>\n<DANHSACHHOSO>\n"
    ).encode()


CLOSING = b"</DANHSACHHOSO></THONGTINHOSO>\n<CHUKYDONVI/></GIAMDINHHS>\n"


def dossier_bytes(parts: list[Part], facility: Facility) -> bytes:
    """One HOSO on one line."""
    written = [b"<HOSO>"]
    for part in parts:
        written.append(
            b"<FILEHOSO><LOAIHOSO>%b</LOAIHOSO><NOIDUNGFILE>%b</NOIDUNGFILE></FILEHOSO>"
            % (part.table.encode(), _content(part, facility))
        )
    written.append(b"</HOSO>\n")
    return b"".join(written)


def _content(part: Part, facility: Facility) -> bytes:
    if part.content is not None:
        return part.content
    xml = (
        _EMPTY.sub(r"<\1/>", part.xml)
        if facility.closes_empty and part.table == "XML1"
        else part.xml
    )
    return xml.encode() if facility.is_nested else b64encode((_DECLARATION + xml).encode())
