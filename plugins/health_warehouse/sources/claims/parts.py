"""One HOSO element to a Dossier: its FILEHOSO parts decoded and judged (F01, F03, F04)."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from health_warehouse.reference.canonical import canonical_code, canonical_dossier_id
from health_warehouse.sources.claims.blank_rows import take_blanks
from health_warehouse.sources.claims.content import Content, UnreadablePart, read_content
from health_warehouse.sources.claims.described import described, quoted_code
from health_warehouse.sources.claims.dossier import Dossier, KeptPart, Problem
from health_warehouse.sources.claims.hardened_xml import local_name, quoted_name
from health_warehouse.sources.claims.losses import SIGNATURES, UnreadableTable, has_words
from health_warehouse.sources.claims.rows import XML_SPACE, distinct_ma_lk, read_rows
from health_warehouse.sources.claims.schema import TABLES, Table

WITHDRAWAL = "8"  # MA_DOITUONG_KCB of a dossier that the facility takes back (QĐ 3276/2025)

MAX_MA_LK = 255  # the standard has 100; far longer ones do not fit an index of Postgres
_MAX_PARTS = 1000  # FILEHOSO of one HOSO; the standard has 15 tables

_PLACES = {
    name: {field.name: place for place, field in enumerate(table.fields)}
    for name, table in TABLES.items()
}
_XML1 = _PLACES["XML1"]
_TABLE_NAME = re.compile(r"[A-Z0-9_]{1,30}")
_EMPTY = "XML1 was not made: there is nothing in it"
_BLANK = "XML1 was not made: it tells of no visit"


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
    parts = [element for element in hoso if local_name(element.tag) not in SIGNATURES]
    no_header = "no XML1 in the HOSO"
    for part, element in enumerate(parts, 1):
        dossier.part_count = part
        no_header = _read_part(dossier, part, element, parser) or no_header
    if dossier.xml1 is None and not _has_unread_header(dossier):
        dossier.problems.append(Problem("F03", no_header, "XML1"))
    if len(dossier.remarks) > 1:
        dossier.remarks = _together(dossier.remarks)
    _identify(dossier, facility_id)
    return dossier


def _read_part(dossier: Dossier, part: int, element: Any, parser: etree.XMLParser) -> str | None:
    """Take a part. When it is an XML1 that was not made: what to say of that."""
    table_name = "?"
    try:
        sent_name, holder = _split_part(element)
        is_name = bool(_TABLE_NAME.fullmatch(sent_name))
        table_name = sent_name if is_name else "?"
        content = _content(dossier, part, table_name, holder, parser)
        if content is not None and not is_name:
            reason = f"LOAIHOSO is not the name of a table: {described(sent_name)}"
            raise UnreadablePart(reason)
        if content is None:
            return _EMPTY if table_name == "XML1" else None
        if content.remark:
            dossier.remarks.append(Problem("F09", content.remark, table_name))
        if table_name not in TABLES:
            _keep_other(dossier, part, table_name, content)
            return None
        return _take_table(dossier, TABLES[table_name], content)
    except UnreadablePart as error:
        _set_aside(dossier, part, table_name, element, Problem("F03", error.reason, table_name))
    except UnreadableTable as error:
        problem = Problem("F03", error.reason, table_name, error.line, error.field)
        _set_aside(dossier, part, table_name, element, problem)
    return None


def _split_part(element: Any) -> tuple[str, Any]:
    """LOAIHOSO, in capitals, and the NOIDUNGFILE element of a FILEHOSO; None when it has none."""
    name = local_name(element.tag)
    if name != "FILEHOSO":
        raise UnreadablePart(f"the HOSO holds elements other than FILEHOSO: {quoted_name(name)}")
    kind = holder = None
    is_part = not has_words(element)
    for child in element:
        name = local_name(child.tag)
        if name == "LOAIHOSO" and kind is None:
            kind = child
        elif name == "NOIDUNGFILE" and holder is None:
            holder = child
        else:
            is_part = is_part and name in SIGNATURES
    if not is_part or (kind is not None and len(kind)):
        raise UnreadablePart("not a FILEHOSO of one LOAIHOSO and one NOIDUNGFILE")
    return ("" if kind is None else kind.text or "").strip(XML_SPACE).upper(), holder


def _content(
    dossier: Dossier, part: int, table_name: str, holder: Any, parser: etree.XMLParser
) -> Content | None:
    """F07: what the standard does not know is kept as sent and fails nothing."""
    table = TABLES.get(table_name)
    try:
        return read_content(table, holder, parser)
    except UnreadablePart:
        if table is not None or table_name == "?":
            raise
        dossier.others.append(KeptPart(part, table_name, _as_sent(holder)))
        return None


def _keep_other(dossier: Dossier, part: int, table_name: str, content: Content) -> None:
    text = etree.tostring(content.root, encoding="unicode", with_tail=False)
    ids = distinct_ma_lk(content.root)
    dossier.others.append(KeptPart(part, table_name, text, ids))


def _take_table(dossier: Dossier, table: Table, content: Content) -> str | None:
    rows = content.rows
    if rows is None:
        rows = read_rows(table, content.root, has_attributes=content.has_attributes)
    if blanks := take_blanks(table, rows):
        place = _PLACES[table.name]["MA_LK"]
        named = {(row[place] or "").strip(XML_SPACE) for row in blanks}
        dossier.blank_ids |= named - {""}
    if not any(rows):
        return _note_blanks(dossier, table.name, len(blanks))
    _note_blanks(dossier, table.name, len(blanks))
    if table.name != "XML1":
        dossier.tables.setdefault(table.name, []).extend(rows)
    elif dossier.xml1 is not None or _has_unread_header(dossier):
        raise UnreadablePart("a second XML1 in the HOSO")
    else:
        dossier.xml1 = rows[0]
    return None


def _note_blanks(dossier: Dossier, table_name: str, count: int) -> str | None:
    if table_name == "XML1":
        return _BLANK
    if count:
        dossier.blanks[table_name] += count
    return None


def _has_unread_header(dossier: Dossier) -> bool:
    return any(kept.table_name == "XML1" for kept in dossier.unreadable)


def _together(remarks: list[Problem]) -> list[Problem]:
    """One record for the same remark on several tables."""
    tables: dict[str, list[str]] = {}
    for remark in remarks:
        tables.setdefault(remark.reason, []).append(remark.table_name or "?")
    return [
        Problem("F09", f"{reason}, in {', '.join(dict.fromkeys(names))}", names[0])
        for reason, names in tables.items()
    ]


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
        if row
    }
    named |= {value for kept in dossier.others for value in kept.ma_lk_values}
    named |= dossier.blank_ids
    hint = named.pop() if len(named) == 1 else ""
    return hint if len(hint) <= MAX_MA_LK else ""
