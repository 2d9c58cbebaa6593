"""How the hospital software of different vendors writes the same content.

Everything here is allowed by the standard or seen in real files (standard §1.0, §2.1): a reader
must get the same values whoever wrote.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from health_warehouse.synthetic.layouts import PLAIN_LAYOUT, Layout

Content = Literal["base64", "wrapped base64", "base64 in CDATA", "nested", "XML in CDATA"]
Container = Literal["xml", "gz", "zip"]
_XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
_SIGNATURE = (
    '<CHUKYDONVI><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo>'
    '<Reference URI=""/></SignedInfo>'
    "<SignatureValue>MEUCIQDthisisnosignature==</SignatureValue></Signature></CHUKYDONVI>"
)


@dataclass(frozen=True)
class Vendor:
    """One kind of writing software."""

    name: str
    content: Content = "base64"
    """What stands in NOIDUNGFILE."""
    layout: Layout = PLAIN_LAYOUT
    declaration: str = '<?xml version="1.0" encoding="utf-8"?>'
    """First line of the file; blank = none."""
    table_declaration: str = '<?xml version="1.0" encoding="utf-8"?>'
    """First line of each table in NOIDUNGFILE."""
    has_bom: bool = False
    newline: str = "\n"
    root_attributes: str = ""
    """Namespaces on GIAMDINHHS, with a leading blank."""
    comment: str = ""
    signature: str = "<CHUKYDONVI/>"
    """Blank = the element is missing."""
    header_place: Literal["first", "last", "middle"] = "first"
    """Where XML1 stands among the tables."""
    spreads: bool = False
    """A dossier with many tables takes two HOSO, each with the same XML1."""
    unmade: Literal["absent", "empty", "keys"] = "absent"
    """Tables that a dossier does not need: no FILEHOSO, one for every table with an empty
    NOIDUNGFILE, or one for XML6, XML9 and XML15 with a row that holds MA_LK alone."""
    repeats_papers: bool = False
    """XML7 and XML9 of twins as one FILEHOSO a child, instead of one list."""
    one_per_file: bool = False
    """Every dossier in a file of its own."""
    container: Container = "xml"
    id_style: Literal["number", "date", "year letter", "short"] = "number"
    """MA_LK: `00000017`, `2607010000017`, `26E0001`, or `17` and, for another dossier, `017`."""


_POINT_ZERO = Layout(empties="self-closed", numbers="point zero")
VENDORS = (
    Vendor("plain date", layout=Layout(empties="pair"), id_style="date"),
    Vendor("swapped", layout=Layout(swaps_payers=True, numbers="two decimals"), id_style="number"),
    Vendor(
        "nested", content="nested", layout=Layout(empties="self-closed"), id_style="year letter"
    ),
    Vendor(
        "wrapped",
        content="wrapped base64",
        layout=Layout(empties="absent", is_old_referral=True),
        declaration="<?xml version='1.0' encoding='UTF-8'?>",
        table_declaration="",
        newline="\r\n",
        header_place="last",
        id_style="date",
    ),
    Vendor(
        "single",
        layout=_POINT_ZERO,
        one_per_file=True,
        signature=_SIGNATURE,
        unmade="keys",
        id_style="short",
    ),
    Vendor(
        ".net",
        layout=Layout(empties="nil", is_old_referral=True),
        declaration='<?xml version="1.0" encoding="utf-8" standalone="yes"?>',
        table_declaration='<?xml version="1.0" encoding="utf-16"?>',  # as its string writers do
        has_bom=True,
        newline="\r\n",
        root_attributes=f' {_XSI} xmlns:xsd="http://www.w3.org/2001/XMLSchema"',
        header_place="middle",
        id_style="number",
    ),
    Vendor(
        "CDATA",
        content="base64 in CDATA",
        declaration="",
        table_declaration="<?xml version='1.0'?>",
        comment="<!-- HIS 4.1 -->",
        signature="",
        container="gz",
        id_style="date",
    ),
    Vendor(
        "decomposed",
        layout=_POINT_ZERO._replace(letters="decomposed"),
        unmade="empty",
        repeats_papers=True,
    ),
    Vendor(
        "references",
        content="XML in CDATA",
        layout=Layout(swaps_payers=True, numbers="two decimals", letters="references"),
        declaration='<?xml version="1.0" encoding="us-ascii"?>',
        table_declaration="",
        signature="<CHUKYDONVI></CHUKYDONVI>",
        header_place="last",
        id_style="year letter",
    ),
    Vendor(
        "spread",
        layout=Layout(empties="absent", is_old_referral=True),
        spreads=True,
        repeats_papers=True,
        root_attributes=' xmlns="http://giamdinh.baohiemxahoi.gov.vn/hoso"',
        id_style="date",
    ),
    Vendor("packed", layout=Layout(empties="self-closed"), container="zip", id_style="short"),
)
"""Eleven, so that they run across the eight tiers of the province's pattern."""
