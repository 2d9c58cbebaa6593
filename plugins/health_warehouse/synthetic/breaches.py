"""How a dossier is made to break the standard: one change each, by far more than the tolerance.

The tolerance is 0.01 đồng a line and 1 đồng a header; what hangs on the changed value is carried
along, so that exactly one identity is broken. Each function returns where the defect sits, or None
when this dossier offers no place for it.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import NamedTuple

from health_warehouse.synthetic.encounters import Dossier
from health_warehouse.synthetic.envelope import Part
from health_warehouse.synthetic.lines import OTHER_SOURCES, Line, header_totals, money
from health_warehouse.synthetic.province import Facility
from health_warehouse.synthetic.streams import Draw, one_of, whole

Breach = Callable[..., "Place | None"]


class Place(NamedTuple):
    """Where in the dossier the defect sits; a blank says nothing more exact can be said."""

    table: str = ""
    line: str = ""
    """STT of the line."""
    field: str = ""


def _amount(draw: Draw) -> int:
    """A difference nobody can take for rounding: 1,000 to 90,000 đồng, in hundredths."""
    return whole(draw, 1_000, 90_000) * 100


# ---------- lines (before the header is summed up)


def _lines_of(dossier: Dossier, table: str) -> list[Line]:
    return dossier.drugs if table == "XML2" else dossier.services


def _line_place(table: str, line: Line, field: str) -> Place:
    return Place(table, line.fields["STT"], field)


def shift(table: str, wrong: str, carried: str) -> Callable[[Dossier, Draw], Place | None]:
    """Add to one amount of a line, and to another so that only one identity breaks."""

    def apply(dossier: Dossier, draw: Draw) -> Place | None:
        lines = _lines_of(dossier, table)
        if not lines:
            return None
        line, more = one_of(draw, lines), _amount(draw)
        line.set_amount(wrong, line.amounts[wrong] + more)
        if carried:
            line.set_amount(carried, line.amounts[carried] + more)
        return _line_place(table, line, wrong)

    return apply


def in_scope(table: str) -> Callable[[Dossier, Draw], Place | None]:
    """Halve what is inside the scope, and split it among the payers as if it were right."""

    def apply(dossier: Dossier, draw: Draw) -> Place | None:
        lines = _insured_lines(dossier, table)
        if not lines:
            return None
        line = one_of(draw, lines)
        in_scope = line.amounts["THANH_TIEN_BH"] // 2
        fund = (in_scope * line.benefit + 500) // 1000
        line.set_amount("THANH_TIEN_BH", in_scope)
        line.set_amount("T_BHTT", fund)
        line.set_amount("T_BNCCT", in_scope - fund)
        line.set_amount("T_BNTT", line.amounts["THANH_TIEN_BV"] - in_scope)
        return _line_place(table, line, "THANH_TIEN_BH")

    return apply


def _insured_lines(dossier: Dossier, table: str) -> list[Line]:
    """Lines of which the fund pays at least 2,000 đồng and nobody else a part."""
    return [
        line
        for line in _lines_of(dossier, table)
        if line.amounts["T_BHTT"] >= 200_000 and not line.amounts["T_NGUONKHAC"]
    ]


def fund_share(table: str) -> Callable[[Dossier, Draw], Place | None]:
    """Move money from the co-payment, or the other way round, to the fund's part."""

    def apply(dossier: Dossier, draw: Draw) -> Place | None:
        lines = _insured_lines(dossier, table)
        if not lines:
            return None
        line = one_of(draw, lines)
        moved = line.amounts["T_BHTT"] // 2
        line.set_amount("T_BHTT", line.amounts["T_BHTT"] - moved)
        line.set_amount("T_BNCCT", line.amounts["T_BNCCT"] + moved)
        return _line_place(table, line, "T_BHTT")

    return apply


def other_sources(table: str) -> Callable[[Dossier, Draw], Place | None]:
    def apply(dossier: Dossier, draw: Draw) -> Place | None:
        lines = _lines_of(dossier, table)
        if not lines:
            return None
        line, source = one_of(draw, lines), one_of(draw, OTHER_SOURCES)
        line.fields[source] = money(line.amounts["T_NGUONKHAC"] + _amount(draw))
        return _line_place(table, line, "T_NGUONKHAC")

    return apply


def line_text(
    table: str, field: str, texts: tuple[str, ...]
) -> Callable[[Dossier, Draw], Place | None]:
    """Write something that is no number into a number of a line."""

    def apply(dossier: Dossier, draw: Draw) -> Place | None:
        lines = _lines_of(dossier, table)
        if not lines:
            return None
        line = one_of(draw, lines)
        line.fields[field] = one_of(draw, texts)
        return _line_place(table, line, field)

    return apply


def line_dossier_id(table: str, text: str | None) -> Callable[[Dossier, Draw], Place | None]:
    """Give a line the MA_LK of another dossier (or `text`)."""

    def apply(dossier: Dossier, draw: Draw) -> Place | None:
        lines = _lines_of(dossier, table)
        if not lines:
            return None
        line = one_of(draw, lines)
        line.fields["MA_LK"] = _another(dossier.dossier_id) if text is None else text
        return _line_place(table, line, "MA_LK")

    return apply


def _another(dossier_id: str) -> str:
    last = "1" if dossier_id[-1] == "0" else "0"
    return dossier_id[:-1] + last


# ---------- header (after the sums)


def header_amount(name: str) -> Callable[[Dossier, Draw], Place | None]:
    def apply(dossier: Dossier, draw: Draw) -> Place | None:
        if not dossier.lines:
            return None  # self-pay without lines: nothing that the totals must agree with
        totals = header_totals(dossier.drugs, dossier.services)
        if name == "T_BHTT" and totals["T_NGUONKHAC"]:
            return None  # the texts contradict each other here: no hard rule (§3.2)
        dossier.header[name] = money(totals[name] + _amount(draw))
        return Place("XML1", "", name)

    return apply


def header_text(names: tuple[str, ...], texts: tuple[str, ...]) -> Callable[..., Place | None]:
    def apply(dossier: Dossier, draw: Draw) -> Place | None:
        if names[0].startswith("T_") and not dossier.lines:
            return None
        name = one_of(draw, names)
        dossier.header[name] = one_of(draw, texts)
        return Place("XML1", "", name)

    return apply


def discharge_before_arrival(dossier: Dossier, _draw: Draw) -> Place | None:
    year = int(dossier.header["NGAY_VAO"][:4])
    dossier.header["NGAY_RA"] = f"{year - 1}{dossier.header['NGAY_RA'][4:]}".replace("0229", "0228")
    return Place("XML1", "", "NGAY_RA")


def discharge_minutes_before_arrival(dossier: Dossier, _draw: Draw) -> Place | None:
    arrived = dossier.header["NGAY_VAO"]
    if arrived[10:] == "00" or dossier.header["NGAY_VAO_NOI_TRU"]:
        return None
    dossier.header["NGAY_RA"] = f"{arrived[:10]}{int(arrived[10:]) - 1:02d}"
    return Place("XML1", "", "NGAY_RA")


def admission_before_arrival(dossier: Dossier, _draw: Draw) -> Place | None:
    if not dossier.header["NGAY_VAO_NOI_TRU"]:
        return None
    dossier.header["NGAY_VAO_NOI_TRU"] = f"{dossier.header['NGAY_VAO'][:8]}0001"
    return Place("XML1", "", "NGAY_VAO_NOI_TRU")


def admission_after_discharge(dossier: Dossier, _draw: Draw) -> Place | None:
    if not dossier.header["NGAY_VAO_NOI_TRU"]:
        return None
    dossier.header["NGAY_VAO_NOI_TRU"] = f"{dossier.header['NGAY_RA'][:8]}2358"
    return Place("XML1", "", "NGAY_VAO_NOI_TRU")


# ---------- parts (after rendering)


def _find(parts: list[Part], *tables: str) -> Part | None:
    return next((part for part in parts if part.table in tables), None)


def no_header(parts: list[Part], _facility: Facility, _draw: Draw) -> Place | None:
    if len(parts) < 2:
        return None
    parts[:] = [part for part in parts if part.table != "XML1"]
    return Place("XML1")


def two_headers(parts: list[Part], _facility: Facility, _draw: Draw) -> Place | None:
    parts.append(Part("XML1", parts[0].xml))
    return Place("XML1")


def no_table_name(parts: list[Part], _facility: Facility, _draw: Draw) -> Place | None:
    part = _find(parts, "XML2", "XML3")
    if part is None:
        return None
    table, part.table = part.table, ""
    return Place(table)


def broken_base64(parts: list[Part], facility: Facility, draw: Draw) -> Place | None:
    if facility.is_nested:
        return None
    part = one_of(draw, parts)
    encoded = b64encode(part.xml.encode())
    # A character outside the alphabet, and 4n + 1 inside it: also wrong for a decoder that skips.
    length = len(encoded) // 8 * 4 + 1
    part.content = encoded[: length // 2] + b"*" + encoded[length // 2 : length]
    return Place(part.table)


def broken_table(parts: list[Part], facility: Facility, draw: Draw) -> Place | None:
    if facility.is_nested:
        return None  # would break the whole file
    part = one_of(draw, parts)
    part.content = b64encode(part.xml[: len(part.xml) * 2 // 3].encode())
    return Place(part.table)


def other_table_dossier_id(parts: list[Part], _facility: Facility, _draw: Draw) -> Place | None:
    part = _find(parts, "XML4", "XML5", "XML7", "XML8", "XML13", "XML14")
    if part is None:
        return None
    start = part.xml.index("<MA_LK>") + 7
    end = part.xml.index("</MA_LK>")
    part.xml = part.xml[:start] + _another(part.xml[start:end]) + part.xml[end:]
    return Place(part.table, "", "MA_LK")
