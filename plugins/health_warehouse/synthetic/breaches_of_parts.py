"""Breaches of how tables are packed into the envelope."""

from __future__ import annotations

from base64 import b64encode

from health_warehouse.synthetic import envelope
from health_warehouse.synthetic.breaches_of_lines import another_id
from health_warehouse.synthetic.envelope import Part
from health_warehouse.synthetic.kinds import Case, Place
from health_warehouse.synthetic.streams import one_of


def _find(case: Case, *tables: str) -> Part | None:
    return next((part for part in case.parts if part.table in tables), None)


def no_header(case: Case) -> Place | None:
    if len(case.parts) < 2:
        return None
    case.parts[:] = [part for part in case.parts if part.table != "XML1"]
    return Place("XML1")


def two_headers(case: Case) -> Place | None:
    header = _find(case, "XML1")
    if header is None:
        return None
    case.parts.append(Part("XML1", header.xml))
    return Place("XML1")


def no_table_name(case: Case) -> Place | None:
    part = _find(case, "XML2", "XML3")
    if part is None:
        return None
    table, part.table = part.table, ""
    return Place(table)


def no_content(case: Case) -> Place | None:
    """Of XML1: of another table it would say that the table was not made."""
    part = _find(case, "XML1")
    if part is None:
        return None
    part.content = b""
    return Place("XML1")


def broken_base64(case: Case) -> Place | None:
    vendor = case.dossier.facility.vendor
    if not envelope.is_base64(vendor):
        return None
    part = one_of(case.draw, case.parts)
    encoded = b64encode(part.xml)
    # A character outside the alphabet, and 4n + 1 inside it: also wrong for a decoder that skips.
    length = len(encoded) // 8 * 4 + 1
    part.content = encoded[: length // 2] + b"*" + encoded[length // 2 : length]
    return Place(part.table)


def broken_table(case: Case) -> Place | None:
    vendor = case.dossier.facility.vendor
    if not envelope.is_readable_inside(vendor):
        return None  # would break the whole file
    part = one_of(case.draw, case.parts)
    text = part.xml.decode()  # cut between letters, lest two things are wrong
    broken = text[: len(text) * 2 // 3].encode()
    part.content = b64encode(broken) if envelope.is_base64(vendor) else broken
    return Place(part.table)


def other_table_dossier_id(case: Case) -> Place | None:
    part = _find(case, "XML4", "XML5", "XML7", "XML8", "XML9", "XML13", "XML14")
    if part is None:
        return None
    before, _, rest = part.xml.partition(b"<MA_LK>")
    dossier_id, _, after = rest.partition(b"</MA_LK>")
    other_id = another_id(dossier_id.decode()).encode()
    part.xml = b"%b<MA_LK>%b</MA_LK>%b" % (before, other_id, after)
    return Place(part.table, "", "MA_LK")


def unknown_table(case: Case) -> Place | None:
    """A table that real files have and no text describes."""
    dossier_id = case.dossier.dossier_id
    xml = f"<CHI_TIEU_KHAC><MA_LK>{dossier_id}</MA_LK></CHI_TIEU_KHAC>"
    case.parts.append(Part("XML16", xml.encode()))
    return Place("XML16")
