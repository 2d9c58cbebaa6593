"""Delivered claim files read with the standard library: slow, whole, plain."""

from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from xml.etree import ElementTree

from oracle.claims_rules import (
    Row,
    breaks_date_order,
    breaks_header_totals,
    breaks_line_arithmetic,
)

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
    broken: set[str] = field(default_factory=set)
    """Ids of the rules that it breaks."""

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


def read_folder(folder: Path) -> list[Delivery]:
    """Every .xml below `folder`; received when it was modified."""
    return [
        Delivery(
            path.name,
            datetime.fromtimestamp(path.stat().st_mtime, UTC),
            path.read_bytes(),
            path.as_uri(),
        )
        for path in sorted(folder.absolute().rglob("*.xml"))
    ]


def read_file(content: bytes) -> ClaimFile:
    """Take one file apart and judge each dossier."""
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError:
        return ClaimFile(refused_by="F01")
    facility_id = (root.findtext("THONGTINDONVI/MACSKCB") or "").strip()
    dossiers = root.findall("THONGTINHOSO/DANHSACHHOSO/HOSO")
    if root.tag != "GIAMDINHHS" or not facility_id or not dossiers:
        return ClaimFile(facility_id, refused_by="F01")
    declared = (root.findtext("THONGTINHOSO/SOLUONGHOSO") or "").strip()
    # Only fewer than declared refuses a file (F02); a count that is no number is just a notice.
    incomplete = re.fullmatch("[0-9]+", declared) and int(declared) > len(dossiers)
    return ClaimFile(
        facility_id,
        _day((root.findtext("THONGTINHOSO/NGAYLAP") or "").strip()),
        [_version(element, position) for position, element in enumerate(dossiers, 1)],
        "F02" if incomplete else None,
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
        if not table or content is None:
            version.broken.add("F03")
            continue
        if table in _ROWS:
            rows = [_row(element) for element in content.iter(_ROWS[table])]
            ids += [row.get("MA_LK", "") for row in rows]
            {"XML1": headers, "XML2": version.drugs, "XML3": version.services}[table].extend(rows)
        else:
            ids += [(element.text or "").strip() for element in content.iter("MA_LK")]
    if len(headers) != 1:
        version.broken.add("F03")
    if len(set(ids)) > 1:
        version.broken.add("F04")
    version.header = headers[0] if headers else {}
    version.dossier_id = version.header.get("MA_LK") or next(filter(None, ids), "")
    if len(headers) == 1 and not version.is_withdrawal:
        version.broken |= _broken_by_content(version)
    return version


def _content(part: ElementTree.Element) -> ElementTree.Element | None:
    """The table inside NOIDUNGFILE, base64 or nested; None when it cannot be read."""
    holder = part.find("NOIDUNGFILE")
    if holder is None:
        return None
    if len(holder):
        return holder[0]
    try:
        return ElementTree.fromstring(
            b64decode("".join((holder.text or "").split()), validate=True)
        )
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
