"""Delivered claim files read with the standard library: slow, whole, plain."""

from __future__ import annotations

import gzip
import re
import zipfile
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

from oracle.blank_rows import is_event, parsed
from oracle.claims_rules import (
    Row,
    breaks_date_order,
    breaks_header_totals,
    breaks_line_arithmetic,
)
from oracle.dossier_rules import broken_by_person, broken_by_tables
from oracle.keys import one_form

_ROWS = {"XML1": "TONG_HOP", "XML2": "CHI_TIET_THUOC", "XML3": "CHI_TIET_DVKT"}


@dataclass(frozen=True)
class Delivery:
    """One receipt of one file."""

    name: str
    received_at: datetime
    content: bytes
    uri: str = ""

    @property
    def sha256(self) -> str:
        return sha256(self.content).hexdigest()


@dataclass
class Version:
    """A dossier as one file has it at one place."""

    position: int
    """From 1."""
    dossier_id: str = ""
    header: Row = field(default_factory=dict)
    drugs: list[Row] = field(default_factory=list)
    services: list[Row] = field(default_factory=list)
    others: dict[str, list[Row]] = field(default_factory=dict)
    """Rows of the further tables, by LOAIHOSO."""
    blank_line_count: int = 0
    """Rows of XML2 and XML3 that tell of no line."""
    broken: set[str] = field(default_factory=set)
    """Ids of the rules that it breaks."""

    is_headless: bool = False
    """Has no XML1, or several."""

    @property
    def is_withdrawal(self) -> bool:
        return self.header.get("MA_DOITUONG_KCB", "") == "8"

    @property
    def line_count(self) -> int:
        return len(self.drugs) + len(self.services)


@dataclass
class ClaimFile:
    """One file: what the envelope says and what is in it."""

    facility_id: str = ""
    declared_date: str | None = None
    versions: list[Version] = field(default_factory=list)
    refused_by: str | None = None
    """The rule that refuses the whole file: F01 (unreadable; no version is known) or F02."""
    check_ins: list[Row] | None = None
    """Rows of a file of check-ins (XML0), which has no dossiers; None for claim files."""
    is_taken: bool = True
    """False: a file of a kind that nobody reads, by its name."""


def read_folder(folder: Path) -> list[Delivery]:
    """Every file below `folder`, also those in .gz and .zip; received when (they were) modified."""
    return [
        Delivery(name, datetime.fromtimestamp(path.stat().st_mtime, UTC), content, uri)
        for path in sorted(folder.absolute().rglob("*"))
        for name, content, uri in _members(path)
    ]


def _members(path: Path) -> Iterator[tuple[str, bytes, str]]:
    if path.suffix == ".gz":
        yield path.stem, gzip.decompress(path.read_bytes()), f"{path.as_uri()}!/{path.stem}"
    elif path.suffix == ".zip":
        with zipfile.ZipFile(path) as packed:
            for name in packed.namelist():
                yield name, packed.read(name), f"{path.as_uri()}!/{name}"
    elif path.is_file() and not path.name.startswith("."):
        yield path.name, path.read_bytes(), path.as_uri()


def read_file(content: bytes, name: str = "a.xml") -> ClaimFile:
    """Take one file apart and judge each dossier."""
    if not name.lower().endswith(".xml"):
        return ClaimFile(is_taken=False)
    try:
        root = _plain(parsed(content))
    except ElementTree.ParseError:
        return ClaimFile(refused_by="F01")
    if root.tag == "CHI_TIEU_TRANG_THAI_KCB":
        visits = [_row(element) for element in root.iter("TRANG_THAI_KCB")]
        return ClaimFile(visits[0]["MA_CSKCB"], check_ins=visits)
    facility_id = one_form(root.findtext("THONGTINDONVI/MACSKCB") or "")
    dossiers = list(_dossiers(root))
    if root.tag != "GIAMDINHHS" or not facility_id or not dossiers:
        return ClaimFile(facility_id, refused_by="F01")
    declared = (root.findtext("THONGTINHOSO/SOLUONGHOSO") or "").strip()
    # Only fewer than declared refuses a file (F02); a count that is no number is just a notice.
    incomplete = re.fullmatch("[0-9]+", declared) and int(declared) > len(dossiers)
    return ClaimFile(
        facility_id,
        _day((root.findtext("THONGTINHOSO/NGAYLAP") or "").strip()),
        _versions(dossiers, facility_id),
        "F02" if incomplete else None,
    )


def _plain(root: ElementTree.Element) -> ElementTree.Element:
    """Names without their namespaces."""
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def _dossiers(element: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """Every HOSO wherever it stands, but for what is inside a part."""
    for child in element:
        if child.tag == "HOSO" and child.find("FILEHOSO") is not None:
            yield child
        if child.tag != "FILEHOSO":
            yield from _dossiers(child)


def _versions(dossiers: list[ElementTree.Element], facility_id: str) -> list[Version]:
    """One per HOSO; but one that repeats the XML1 before it and adds tables continues that."""
    versions: list[Version] = []
    for position, element in enumerate(dossiers, 1):
        version = _version(element, position)
        if versions and _continues(versions[-1], version):
            base = versions[-1]
            base.drugs += version.drugs
            base.services += version.services
            base.blank_line_count += version.blank_line_count
            base.others |= version.others
            base.broken |= version.broken
        else:
            versions.append(version)
    for version in versions:
        _judge(version, facility_id)
    return versions


def _continues(base: Version, version: Version) -> bool:
    both = (base.drugs and version.drugs) or (base.services and version.services)
    is_new = version.drugs or version.services or version.others
    shared = base.others.keys() & version.others.keys()
    return bool(
        base.header and base.header == version.header and is_new and not both and not shared
    )


def _day(text: str) -> str | None:
    try:
        date.fromisoformat(f"{text[:4]}-{text[4:6]}-{text[6:]}")
    except ValueError:
        return None
    return text


def _version(dossier: ElementTree.Element, position: int) -> Version:
    version = Version(position)
    headers, ids = [], []
    for part in dossier.findall("FILEHOSO"):
        table = (part.findtext("LOAIHOSO") or "").strip()
        content = _content(part)
        if content == "":
            continue
        if not table or content is None:
            version.broken.add("F03")
            continue
        if table in _ROWS:
            sent = [_row(element) for element in content.iter(_ROWS[table])]
            rows = [row for row in sent if is_event(table, row)]
            ids += [row.get("MA_LK", "") for row in rows]
            version.blank_line_count += (len(sent) - len(rows)) if table != "XML1" else 0
            {"XML1": headers, "XML2": version.drugs, "XML3": version.services}[table].extend(rows)
        elif rows := [row for row in _rows(content) if is_event(table, row)]:
            ids += [row["MA_LK"] for row in rows if "MA_LK" in row]
            version.others.setdefault(table, []).extend(rows)
    if len(headers) != 1:
        version.broken.add("F03")
    if len({one_form(name) for name in ids}) > 1:
        version.broken.add("F04")
    version.header = headers[0] if headers else {}
    version.is_headless = len(headers) != 1
    version.dossier_id = one_form(version.header.get("MA_LK") or next(filter(None, ids), ""))
    return version


def _rows(content: ElementTree.Element) -> list[Row]:
    """The rows of a further table: of its list, or the table itself."""
    listed = [row for group in content for row in group if len(row)]
    return [_row(element) for element in listed or [content]]


def _judge(version: Version, facility_id: str) -> None:
    """Add the rules that the content breaks; without its one XML1 nothing more can be said."""
    if "F03" in version.broken and not version.header:
        return
    if one_form(version.header.get("MA_CSKCB", facility_id)) not in ("", facility_id):
        version.broken.add("F01")
    if not version.is_withdrawal and not version.is_headless:
        version.broken |= _broken_by_content(version)
        version.broken |= broken_by_person(version.header)
        version.broken |= broken_by_tables(version.header, version.others)


def _content(part: ElementTree.Element) -> ElementTree.Element | Literal[""] | None:
    """The table inside NOIDUNGFILE, base64 or nested; "" when there is nothing, None when it cannot
    be read."""
    holder = part.find("NOIDUNGFILE")
    if holder is None:
        return ""
    if len(holder):
        return holder[0]
    text = (holder.text or "").strip()
    try:
        data = (
            text.encode()
            if text.startswith("<")
            else b64decode("".join(text.split()), validate=True)
        )
        if not re.sub(rb"<\?xml[^>]*\?>|\xef\xbb\xbf|\xff\xfe", b"", data).strip():
            return ""
        return _plain(parsed(data))
    except (ValueError, ElementTree.ParseError):
        return None


def _row(element: ElementTree.Element) -> Row:
    return {child.tag: "".join(child.itertext()).strip() for child in element}


def _broken_by_content(version: Version) -> set[str]:
    broken = set()
    if breaks_date_order(version.header):
        broken.add("D01")
    tables = (("XML2", version.drugs), ("XML3", version.services))
    if any(breaks_line_arithmetic(table, row) for table, rows in tables for row in rows):
        broken.add("L01")
    if breaks_header_totals(version.header, version.drugs, version.services):
        broken.add("L02")
    return broken
