"""What stands in NOIDUNGFILE: nested elements, XML as text (CDATA), or base64 of XML.

"Not made" is what a sender says by a NOIDUNGFILE without content: software that lists a FILEHOSO
for every table leaves those empty that a dossier does not need (§2.4 of the notes on the standard,
confidence M). No content is: nothing, white space, a declaration or mark without an element, in
base64 too. A root without rows, or with blank ones only, says the same (`blank_rows`).
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass
from typing import Any

import pybase64
from lxml import etree

from health_warehouse.sources.claims.blank_rows import has_value
from health_warehouse.sources.claims.character_encoding import (
    UnreadableEncoding,
    find_encoding,
    survey_bytes,
    transcoded,
)
from health_warehouse.sources.claims.described import described
from health_warehouse.sources.claims.dossier import Row
from health_warehouse.sources.claims.hardened_xml import (
    PROLOG_BYTES,
    HostileXml,
    is_bare,
    parse_document,
)
from health_warehouse.sources.claims.losses import has_words
from health_warehouse.sources.claims.plain_rows import plain_rows, plain_text
from health_warehouse.sources.claims.rows import MAX_LINES, XML_SPACE
from health_warehouse.sources.claims.schema import Table

_XML_DECLARATION = re.compile(r"<\?xml\s[^>]*\?>\s*")


class UnreadablePart(Exception):
    """A FILEHOSO that cannot be taken apart. `reason` holds no value of a patient."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Content:
    """A table: its `rows` when they are written plainly, else its `root`, with whether any of its
    elements may have attributes. `remark`: what is worth a record."""

    rows: list[Row] | None = None
    root: Any = None
    has_attributes: bool = True
    remark: str | None = None


def read_content(table: Table | None, element: Any, parser: etree.XMLParser) -> Content | None:
    """The table in a NOIDUNGFILE; None when there is nothing in it, or no such element (None).

    `table` None is one that the standard does not know: it comes as a tree. Raises UnreadablePart.
    """
    document = None if element is None else _document(element)
    if document is None:
        return None
    if table is not None and (rows := _plain_rows(table, document)) is not None:
        return Content(rows)
    if not isinstance(document, bytes | str):
        return Content(root=document)
    body = document.encode() if isinstance(document, str) else document
    if is_bare(body):
        return None
    remark = None
    if isinstance(document, bytes):
        body, remark = _in_utf_8(body)
        is_recoded = body is not document
        if table and is_recoded and (rows := _plain_rows(table, body)) is not None:
            return Content(rows, remark=remark)
    try:
        root = parse_document(body, parser)
    except HostileXml as error:
        raise UnreadablePart(str(error)) from None
    return Content(None, root, body.find(b"=", body.find(b"?>") + 1) >= 0, remark)


def _document(element: Any) -> Any:
    """The table in NOIDUNGFILE: an element, XML as text, or as bytes; None when there is nothing.

    Nested elements, XML in a CDATA section, or base64 of XML: all three are in use.
    """
    if len(element):
        if len(element) > 1 or has_words(element):
            raise UnreadablePart("NOIDUNGFILE holds more than one element")
        return element[0]
    text = (element.text or "").strip(XML_SPACE).removeprefix("\ufeff").lstrip(XML_SPACE)
    if text.startswith("<"):
        return text[declaration.end() :] if (declaration := _XML_DECLARATION.match(text)) else text
    return _decode_base64(text) if has_value(text) else None


def _plain_rows(table: Table, document: Any) -> list[Row] | None:
    """The rows without a tree, when they are written so; else None."""
    if isinstance(document, bytes):
        text = plain_text(document)
    elif isinstance(document, str):
        text = document
    else:  # written again by the parser, with every line end and every sign as XML has them
        text = etree.tostring(document, encoding="unicode", with_tail=False)
    return None if text is None else plain_rows(table, text, MAX_LINES)


def _in_utf_8(data: bytes) -> tuple[bytes, str | None]:
    """The document as an XML parser takes it, and what to record of its declaration."""
    try:
        encoding = find_encoding(data[:PROLOG_BYTES], lambda: survey_bytes([data]))
        if encoding.is_plain:
            return data, None
        return b"".join(transcoded([data], encoding)), encoding.remark
    except UnreadableEncoding as error:
        raise UnreadablePart(str(error)) from None


def _decode_base64(text: str) -> bytes:
    """Strict but for line breaks: the lenient decoder drops unknown letters without a word."""
    try:
        data = pybase64.b64decode(text, validate=True)
    except ValueError:  # a line break, most often
        data = _decode_with_line_breaks(text)
    return data.lstrip(b" \t\r\n")  # before an XML declaration the parser would not stand it


def _decode_with_line_breaks(text: str) -> bytes:
    letters = b"".join(text.encode("ascii", "replace").split())
    try:
        return binascii.a2b_base64(letters, strict_mode=True)
    except binascii.Error:
        reason = f"NOIDUNGFILE is neither XML nor base64: {described(text)}"
        raise UnreadablePart(reason) from None
