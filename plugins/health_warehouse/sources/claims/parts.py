"""One HOSO element to a Dossier: its FILEHOSO parts decoded and judged (F01, F03, F04)."""

from __future__ import annotations

import binascii
import re
from typing import Any

from lxml import etree

from health_warehouse.sources.claims.dossier import Dossier, KeptPart, Problem
from health_warehouse.sources.claims.hardened_xml import HostileXml, local_name, parse_document
from health_warehouse.sources.claims.rows import (
    XML_SPACE,
    UnreadableTable,
    distinct_ma_lk,
    read_rows,
)
from health_warehouse.sources.claims.schema import TABLES

WITHDRAWAL = "8"  # MA_DOITUONG_KCB of a dossier that the facility takes back (QĐ 3276/2025)

_MAX_MA_LK = 255  # the standard has 100; far longer ones do not fit an index of Postgres

_XML1 = {field.name: place for place, field in enumerate(TABLES["XML1"].fields)}
_XML_DECLARATION = re.compile(r"\ufeff?<\?xml[^>]*\?>\s*")


class _UnreadablePart(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_dossier(hoso: Any, position: int, facility_id: str, parser: etree.XMLParser) -> Dossier:
    """Everything of a HOSO. Never raises for what a sender wrote: faults become `problems`."""
    dossier = Dossier(position)
    seen: set[str] = set()
    for part, element in enumerate(hoso, 1):
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
    names = [local_name(child.tag) for child in element]
    if local_name(element.tag) != "FILEHOSO" or sorted(names) != ["LOAIHOSO", "NOIDUNGFILE"]:
        raise _UnreadablePart("not a FILEHOSO of one LOAIHOSO and one NOIDUNGFILE")
    by_name = dict(zip(names, element, strict=True))
    table_name = (by_name["LOAIHOSO"].text or "").strip(XML_SPACE).upper()
    if not re.fullmatch(r"[A-Z0-9_]{1,30}", table_name):
        raise _UnreadablePart("LOAIHOSO is blank or is not the name of a table")
    return table_name, by_name["NOIDUNGFILE"]


def _take_content(
    dossier: Dossier, part: int, table_name: str, content: Any, parser: etree.XMLParser
) -> None:
    try:
        root, text = _read_content(content, parser)
    except _UnreadablePart:
        if table_name in TABLES:
            raise
        # F07: what the standard does not know is kept as sent and fails nothing
        dossier.others.append(KeptPart(part, table_name, _as_sent(content)))
        return
    table = TABLES.get(table_name)
    if table is None:
        kept = KeptPart(part, table_name, text(), distinct_ma_lk(root))
        dossier.others.append(kept)
        return
    rows = read_rows(table, root)
    if table_name == "XML1":
        dossier.xml1 = rows[0]
    else:
        dossier.tables.setdefault(table_name, []).extend(rows)


def _read_content(content: Any, parser: etree.XMLParser) -> tuple[Any, Any]:
    """Root of the table in NOIDUNGFILE, and a function for its text without XML declaration.

    Base64 of XML, XML in a CDATA section, or nested elements: all three are in use.
    """
    if len(content):
        if len(content) > 1:
            raise _UnreadablePart("NOIDUNGFILE holds more than one element")
        root = content[0]
        return root, lambda: etree.tostring(root, encoding="unicode", with_tail=False)
    text = content.text or ""
    if text.lstrip(XML_SPACE + "\ufeff").startswith("<"):
        data = _XML_DECLARATION.sub("", text.strip(XML_SPACE), count=1).encode()
    else:
        data = _decode_base64(text)
    try:
        root = parse_document(data, parser)
    except HostileXml as error:
        raise _UnreadablePart(str(error)) from None
    return root, lambda: etree.tostring(root, encoding="unicode")


def _decode_base64(text: str) -> bytes:
    """Strict but for line breaks: the lenient decoder drops unknown letters without a word."""
    try:
        data = binascii.a2b_base64(b"".join(text.encode("ascii").split()), strict_mode=True)
    except (binascii.Error, UnicodeEncodeError):
        raise _UnreadablePart("NOIDUNGFILE is neither XML nor base64") from None
    if not data:
        raise _UnreadablePart("NOIDUNGFILE is empty")
    return data


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
        return
    ma_lk = (dossier.xml1[_XML1["MA_LK"]] or "").strip(XML_SPACE)
    if 0 < len(ma_lk) <= _MAX_MA_LK:
        dossier.dossier_id = ma_lk
    else:
        reason = f"MA_LK has {len(ma_lk)} characters" if ma_lk else "MA_LK is blank"
        dossier.problems.append(Problem("F04", reason, "XML1", field="MA_LK"))
    kind = dossier.xml1[_XML1["MA_DOITUONG_KCB"]] or ""
    dossier.is_withdrawal = kind.strip(XML_SPACE) == WITHDRAWAL
    if (dossier.xml1[_XML1["MA_CSKCB"]] or "").strip(XML_SPACE) != facility_id:
        reason = "MA_CSKCB of XML1 is not MACSKCB of the envelope"
        dossier.problems.append(Problem("F01", reason, "XML1", field="MA_CSKCB"))
