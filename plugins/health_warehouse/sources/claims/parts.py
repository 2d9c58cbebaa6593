"""One HOSO element to a Dossier: its FILEHOSO parts decoded and judged (F01, F03, F04)."""

from __future__ import annotations

import binascii
import re
from typing import Any

import pybase64
from lxml import etree

from health_warehouse.reference.canonical import canonical_code, canonical_dossier_id
from health_warehouse.sources.claims.described import described, quoted_code
from health_warehouse.sources.claims.dossier import Dossier, KeptPart, Problem, Row
from health_warehouse.sources.claims.hardened_xml import HostileXml, local_name, parse_document
from health_warehouse.sources.claims.losses import SIGNATURES, UnreadableTable, has_words
from health_warehouse.sources.claims.plain_rows import plain_rows, plain_text
from health_warehouse.sources.claims.rows import MAX_LINES, XML_SPACE, distinct_ma_lk, read_rows
from health_warehouse.sources.claims.schema import TABLES, Table

WITHDRAWAL = "8"  # MA_DOITUONG_KCB of a dossier that the facility takes back (QĐ 3276/2025)

MAX_MA_LK = 255  # the standard has 100; far longer ones do not fit an index of Postgres
_MAX_PARTS = 1000  # FILEHOSO of one HOSO; the standard has 15 tables

_PLACES = {
    name: {field.name: place for place, field in enumerate(table.fields)}
    for name, table in TABLES.items()
}
_XML1 = _PLACES["XML1"]
_XML_DECLARATION = re.compile(r"<\?xml\s[^>]*\?>\s*")


class _UnreadablePart(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_dossier(hoso: Any, position: int, facility_id: str, parser: etree.XMLParser) -> Dossier:
    """Everything of a HOSO. Faults of what a sender wrote become `problems`.

    Raises FileUnreadable (F08) on a dossier of a standard that is dead.
    """
    dossier = Dossier(position)
    if len(hoso) > _MAX_PARTS or has_words(hoso):
        many = f"more than {_MAX_PARTS} elements in the HOSO"
        reason = many if len(hoso) > _MAX_PARTS else "text between the parts of the HOSO"
        _set_aside(dossier, 1, "?", hoso, Problem("F03", reason))
        return dossier
    seen: set[str] = set()
    parts = [element for element in hoso if local_name(element.tag) not in SIGNATURES]
    for part, element in enumerate(parts, 1):
        dossier.part_count = part
        _read_part(dossier, part, element, parser, seen)
    _require_one_xml1(dossier)
    _identify(dossier, facility_id)
    return dossier


def _read_part(
    dossier: Dossier, part: int, element: Any, parser: etree.XMLParser, seen: set[str]
) -> None:
    table_name = "?"
    try:
        table_name, content = _split_part(element)
        if table_name == "XML1" and "XML1" in seen:
            raise _UnreadablePart("a second XML1 in the HOSO")
        seen.add(table_name)
        _take_content(dossier, part, table_name, content, parser)
    except _UnreadablePart as error:
        _set_aside(dossier, part, table_name, element, Problem("F03", error.reason, table_name))
    except UnreadableTable as error:
        problem = Problem("F03", error.reason, table_name, error.line, error.field)
        _set_aside(dossier, part, table_name, element, problem)


def _split_part(element: Any) -> tuple[str, Any]:
    """LOAIHOSO and the NOIDUNGFILE element of a FILEHOSO."""
    by_name = {local_name(child.tag): child for child in element}
    count = sum(local_name(child.tag) not in SIGNATURES for child in element)
    is_part = count == 2 and {"LOAIHOSO", "NOIDUNGFILE"} <= by_name.keys()
    if local_name(element.tag) != "FILEHOSO" or not is_part or has_words(element):
        raise _UnreadablePart("not a FILEHOSO of one LOAIHOSO and one NOIDUNGFILE")
    kind = by_name["LOAIHOSO"]
    table_name = (kind.text or "").strip(XML_SPACE).upper()
    if len(kind) or not re.fullmatch(r"[A-Z0-9_]{1,30}", table_name):
        raise _UnreadablePart(f"LOAIHOSO is not the name of a table: {described(table_name)}")
    return table_name, by_name["NOIDUNGFILE"]


def _take_content(
    dossier: Dossier, part: int, table_name: str, content: Any, parser: etree.XMLParser
) -> None:
    table = TABLES.get(table_name)
    try:
        document = _document(content)
        rows = None if table is None else _plain_rows(table, document)
        if rows is None:
            root, has_attributes = _parsed(document, parser)
    except _UnreadablePart:
        if table is not None:
            raise
        # F07: what the standard does not know is kept as sent and fails nothing
        dossier.others.append(KeptPart(part, table_name, _as_sent(content)))
        return
    if table is None:
        text = etree.tostring(root, encoding="unicode", with_tail=False)
        dossier.others.append(KeptPart(part, table_name, text, distinct_ma_lk(root)))
        return
    if rows is None:
        rows = read_rows(table, root, has_attributes=has_attributes)
    if table_name == "XML1":
        dossier.xml1 = rows[0]
    else:
        dossier.tables.setdefault(table_name, []).extend(rows)


def _document(content: Any) -> Any:
    """The table in NOIDUNGFILE: an element, XML as text, or as bytes.

    Nested elements, XML in a CDATA section, or base64 of XML: all three are in use.
    """
    if len(content):
        if len(content) > 1 or has_words(content):
            raise _UnreadablePart("NOIDUNGFILE holds more than one element")
        return content[0]
    text = (content.text or "").strip(XML_SPACE).removeprefix("\ufeff").lstrip(XML_SPACE)
    if text.startswith("<"):
        return text[declaration.end() :] if (declaration := _XML_DECLARATION.match(text)) else text
    return _decode_base64(text)


def _plain_rows(table: Table, document: Any) -> list[Row] | None:
    """The rows without a tree, when they are written so; else None."""
    if isinstance(document, bytes):
        text = plain_text(document)
    elif isinstance(document, str):
        text = document
    else:  # written again by the parser, with every line end and every sign as XML has them
        text = etree.tostring(document, encoding="unicode", with_tail=False)
    return None if text is None else plain_rows(table, text, MAX_LINES)


def _parsed(document: Any, parser: etree.XMLParser) -> tuple[Any, bool]:
    """Root of the table, and whether any of its elements may have attributes."""
    if not isinstance(document, bytes | str):
        return document, True
    body = document.encode() if isinstance(document, str) else document
    try:
        root = parse_document(body, parser)
    except HostileXml as error:
        raise _UnreadablePart(str(error)) from None
    return root, body.find(b"=", body.find(b"?>") + 1) >= 0


def _decode_base64(text: str) -> bytes:
    """Strict but for line breaks: the lenient decoder drops unknown letters without a word."""
    try:
        data = pybase64.b64decode(text, validate=True)
    except ValueError:  # a line break, most often
        data = _decode_with_line_breaks(text)
    if not data:
        raise _UnreadablePart("NOIDUNGFILE is empty")
    return data.lstrip(b" \t\r\n")  # before an XML declaration the parser would not stand it


def _decode_with_line_breaks(text: str) -> bytes:
    letters = b"".join(text.encode("ascii", "replace").split())
    try:
        return binascii.a2b_base64(letters, strict_mode=True)
    except binascii.Error:
        reason = f"NOIDUNGFILE is neither XML nor base64: {described(text)}"
        raise _UnreadablePart(reason) from None


def _as_sent(element: Any) -> str:
    if len(element) == 0:
        return element.text or ""
    return "".join(etree.tostring(child, encoding="unicode") for child in element)


def _set_aside(
    dossier: Dossier, part: int, table_name: str, element: Any, problem: Problem
) -> None:
    original = etree.tostring(element, encoding="unicode", with_tail=False)
    dossier.unreadable.append(KeptPart(part, table_name, original))
    dossier.problems.append(problem)


def _require_one_xml1(dossier: Dossier) -> None:
    is_known = dossier.xml1 is not None or any(p.table_name == "XML1" for p in dossier.unreadable)
    if not is_known:
        dossier.problems.append(Problem("F03", "no XML1 in the HOSO", "XML1"))


def _identify(dossier: Dossier, facility_id: str) -> None:
    """Identity and withdrawal from XML1; F01 if it names another facility, F04 without MA_LK."""
    if dossier.xml1 is None:
        dossier.hinted_id = _hinted_id(dossier)
        return
    ma_lk = (dossier.xml1[_XML1["MA_LK"]] or "").strip(XML_SPACE)
    canonical = canonical_dossier_id(ma_lk)
    if 0 < len(canonical) <= MAX_MA_LK >= len(ma_lk):
        dossier.dossier_id, dossier.sent_id = canonical, ma_lk
    else:
        dossier.problems.append(
            Problem("F04", f"MA_LK is no key: {described(ma_lk)}", "XML1", field="MA_LK")
        )
    kind = dossier.xml1[_XML1["MA_DOITUONG_KCB"]] or ""
    dossier.is_withdrawal = kind.strip(XML_SPACE) == WITHDRAWAL
    named = (dossier.xml1[_XML1["MA_CSKCB"]] or "").strip(XML_SPACE)
    if canonical_code(named) != facility_id:
        reason = (
            f"MA_CSKCB of XML1 ({quoted_code(named)}) is not "
            f"MACSKCB of the envelope ({quoted_code(facility_id)})"
        )
        dossier.problems.append(Problem("F01", reason, "XML1", field="MA_CSKCB"))


def _hinted_id(dossier: Dossier) -> str:
    """The one MA_LK that the other tables of a dossier without XML1 name, else an empty text."""
    named = {
        (row[_PLACES[table]["MA_LK"]] or "").strip(XML_SPACE)
        for table, rows in dossier.tables.items()
        for row in rows
    } | {value for kept in dossier.others for value in kept.ma_lk_values}
    hint = named.pop() if len(named) == 1 else ""
    return hint if len(hint) <= MAX_MA_LK else ""
