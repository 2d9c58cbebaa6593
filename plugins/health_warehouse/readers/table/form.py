"""Which form a file has, by its bytes: names say nothing that counts."""

from __future__ import annotations

import zipfile
from typing import BinaryIO, Literal

from health_warehouse.errors import FileUnreadable
from health_warehouse.readers.table.zip_parts import ZipParts

Form = Literal["xlsx", "xlsb", "ods", "xls", "text"]
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURE = "a picture: send the list itself"
_PACKED = "packed by a program that is not read here: send the list itself, or pack it as .zip"
_OTHERS = {
    b"%PDF": "a PDF: send the workbook that it was made from",
    b"\x89PNG": _PICTURE,
    b"\xff\xd8\xff": _PICTURE,
    b"GIF8": _PICTURE,
    b"{\\rtf": "a text document: send the list as a workbook",
    b"Rar!": _PACKED,
    b"7z\xbc\xaf": _PACKED,
    b"\x1f\x8b": _PACKED,
}
_BEFORE_TEXT = b"\xef\xbb\xbf \t\r\n"
_HEAD = 4096
_LARGEST_DIRECTORY = 2 * 1024**3


def form_of(stream: BinaryIO) -> Form | None:
    """None: it is no list. Leaves the stream at its beginning."""
    head = stream.read(_HEAD)
    stream.seek(0)
    if head.startswith(_ZIP):
        return _of_zip(stream)
    if head.startswith(_OLE):
        return "xls"
    if head.startswith(tuple(_OTHERS)) or not head.strip():
        return None
    text = head.lstrip(_BEFORE_TEXT)
    return None if text[:1] in (b"<", b"{") and _is_other_text(text) else "text"


def what_else(stream: BinaryIO) -> str:
    """What a file is that is no list, and what to do. Leaves the stream at its beginning."""
    head = stream.read(_HEAD)
    stream.seek(0)
    if not head.strip():
        return "the file is empty: send the list again"
    for start, told in _OTHERS.items():
        if head.startswith(start):
            return f"the file is {told}"
    if head.lstrip(_BEFORE_TEXT).startswith(b"<"):
        return (
            "the file is a web page or XML, whatever its name says: open it, save it as a "
            "workbook (.xlsx), and send that"
        )
    return "neither a workbook (.xlsx, .xls, .ods) nor a list as text"


def _is_other_text(text: bytes) -> bool:
    """XML and JSON begin so, and few lists do."""
    return text.startswith(b"<") or text[1:].lstrip()[:1] in (b'"', b"}")


def _of_zip(stream: BinaryIO) -> Form | None:
    try:
        parts = ZipParts(stream, _LARGEST_DIRECTORY)
        if parts.has("xl/workbook.bin"):
            return "xlsb"
        if parts.has("content.xml") and parts.has("mimetype"):
            return "ods"
        return "xlsx" if parts.has("[Content_Types].xml") else None
    except (FileUnreadable, zipfile.BadZipFile):
        return "xlsx"  # which then says what is wrong with it
    finally:
        stream.seek(0)
