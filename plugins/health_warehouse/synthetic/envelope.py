"""The envelope GIAMDINHHS: dossiers (HOSO) with their tables, as the facility's software writes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from pybase64 import b64encode

from health_warehouse.synthetic import tables
from health_warehouse.synthetic.encounters import Dossier
from health_warehouse.synthetic.letters import encoding
from health_warehouse.synthetic.vendors import Vendor

_BOM = b"\xef\xbb\xbf"
_WIDTH = 76
_EVERY_TABLE = tuple(f"XML{number}" for number in (*range(2, 12), 13, 14, 15))
_OF_FEW_DOSSIERS = ("XML6", "XML9", "XML15")
_CDATA = ("base64 in CDATA", "XML in CDATA")


@dataclass(slots=True)
class Part:
    """One FILEHOSO: a table of a dossier."""

    table: str
    """LOAIHOSO."""
    xml: bytes
    content: bytes | None = None
    """What stands in NOIDUNGFILE; None = the XML in the vendor's way."""


def parts_of(dossier: Dossier) -> list[Part]:
    """One part per table, and more where a table without a list has several rows."""
    vendor = dossier.facility.vendor
    layout = vendor.layout
    parts = [Part("XML1", tables.row("XML1", dossier.header, layout))]
    for table, lines in (("XML2", dossier.drugs), ("XML3", dossier.services)):
        if lines:
            rows = [line.render() for line in lines]
            parts.append(Part(table, tables.document(table, rows, layout)))
    for table, values in dossier.tables.items():
        rows = [row.render() for row in values]
        if len(rows) > 1 and (table == "XML7" or (table == "XML9" and vendor.repeats_papers)):
            parts += [Part(table, tables.document(table, [row], layout)) for row in rows]
        else:
            parts.append(Part(table, tables.document(table, rows, layout)))
    if vendor.header_place != "first":
        place = len(parts) if vendor.header_place == "last" else (len(parts) + 1) // 2
        parts.insert(place - 1, parts.pop(0))
    return parts


def spread(parts: list[Part]) -> list[list[Part]]:
    """The parts over two HOSO, each with the same XML1."""
    header = next(part for part in parts if part.table == "XML1")
    rest = [part for part in parts if part is not header]
    half = (len(rest) + 1) // 2
    return [[header, *rest[:half]], [header, *rest[half:]]]


def opening(vendor: Vendor, facility_id: str, declared_date: str, declared_count: str) -> bytes:
    """All that stands before the first HOSO; a vendor that spreads counts afterwards."""
    end = vendor.newline
    count = "" if vendor.spreads else f"<SOLUONGHOSO>{declared_count}</SOLUONGHOSO>{end}"
    head = f"{vendor.declaration}{end}" if vendor.declaration else ""
    text = (
        f"{head}{vendor.comment}<GIAMDINHHS{vendor.root_attributes}>{end}"
        f"<THONGTINDONVI><MACSKCB>{facility_id}</MACSKCB></THONGTINDONVI>{end}"
        f"<THONGTINHOSO><NGAYLAP>{declared_date}</NGAYLAP>{count}<DANHSACHHOSO>{end}"
    )
    return (_BOM if vendor.has_bom else b"") + encoding(vendor.layout.letters)(text)


def closing(vendor: Vendor, declared_count: str) -> bytes:
    """All that stands after the last HOSO."""
    count = f"<SOLUONGHOSO>{declared_count}</SOLUONGHOSO>" if vendor.spreads else ""
    end = vendor.newline
    text = f"</DANHSACHHOSO>{count}</THONGTINHOSO>{end}{vendor.signature}</GIAMDINHHS>{end}"
    return encoding(vendor.layout.letters)(text)


def dossier_bytes(parts: list[Part], vendor: Vendor, dossier_id: str) -> bytes:
    """One HOSO. Parts that were not made are written as the vendor does it."""
    written = [b"<HOSO>"]
    for part in [*parts, *_unmade(parts, vendor, dossier_id)]:
        content = part.content
        if content is None:
            content = _content(part.xml, vendor)
        if vendor.content in _CDATA:
            content = b"<![CDATA[%b]]>" % content
        written += (_before(part.table), content, b"</NOIDUNGFILE></FILEHOSO>")
    written.append(b"</HOSO>" + vendor.newline.encode())
    return b"".join(written)


def _unmade(parts: list[Part], vendor: Vendor, dossier_id: str) -> list[Part]:
    if vendor.unmade == "absent":
        return []
    made = {part.table for part in parts}
    if vendor.unmade == "empty":
        return [Part(name, b"", b"") for name in _EVERY_TABLE if name not in made]
    return [
        Part(name, tables.document(name, [_key_row(name, dossier_id, vendor)], vendor.layout))
        for name in _OF_FEW_DOSSIERS
        if name not in made
    ]


def _key_row(table: str, dossier_id: str, vendor: Vendor) -> bytes:
    return tables.row(table, {**tables.blank(table), "MA_LK": dossier_id}, vendor.layout)


@cache
def _before(table: str) -> bytes:
    return f"<FILEHOSO><LOAIHOSO>{table}</LOAIHOSO><NOIDUNGFILE>".encode()


def _content(xml: bytes, vendor: Vendor) -> bytes:
    if vendor.content in ("nested", "XML in CDATA"):
        return xml
    text = b64encode(vendor.table_declaration.encode() + xml)
    if vendor.content != "wrapped base64":
        return text
    end = vendor.newline.encode()
    lines = [text[place : place + _WIDTH] for place in range(0, len(text), _WIDTH)]
    return end + end.join(lines) + end


def is_readable_inside(vendor: Vendor) -> bool:
    """Whether a broken table leaves the envelope whole: not when it is nested in it."""
    return vendor.content != "nested"


def is_base64(vendor: Vendor) -> bool:
    return "base64" in vendor.content


def check_in_file(vendor: Vendor, rows: list[bytes]) -> bytes:
    """An XML0 file: a root of its own, the signature at its end."""
    end = vendor.newline.encode()
    text = tables.document("XML0", rows, vendor.layout)
    root = text[text.rindex(b"</") :]
    body = text[: -len(root)].replace(b"><TRANG_THAI_KCB>", b">%b<TRANG_THAI_KCB>" % end)
    mark = _BOM if vendor.has_bom else b""
    head = vendor.declaration.encode() + end if vendor.declaration else b""
    return b"".join((mark, head, body, vendor.signature.encode(), root, end))
