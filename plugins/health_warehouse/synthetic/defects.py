"""The defects that are injected, each one breach of the standard, and how.

Written from the standard (§3.1 lines, §3.2 header, §3.3 rules). A defect breaks exactly one
identity and by far more than its tolerance (0.01 đồng a line, 1 đồng a header): what hangs on the
changed value is carried along. `expected_rule` is the id (or its beginning) of the rule that must
find it.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Literal, NamedTuple

from health_warehouse.synthetic.encounters import Dossier
from health_warehouse.synthetic.envelope import Part
from health_warehouse.synthetic.lines import OTHER_SOURCES, Line, header_totals, money
from health_warehouse.synthetic.province import Facility
from health_warehouse.synthetic.streams import Draw, one_of, whole

Severity = Literal["refuse_file", "quarantine_dossier", "notice"]
Stage = Literal["lines", "header", "parts", "file"]
HEADER_AMOUNTS = (
    "T_THUOC",
    "T_VTYT",
    "T_TONGCHI_BV",
    "T_TONGCHI_BH",
    "T_BNTT",
    "T_BNCCT",
    "T_BHTT",
    "T_NGUONKHAC",
    "T_BHTT_GDV",
)


class Place(NamedTuple):
    """Where in the dossier the defect sits; a blank says nothing more exact can be said."""

    table: str = ""
    line: str = ""
    """STT of the line."""
    field: str = ""


class Kind(NamedTuple):
    name: str
    stage: Stage
    expected_rule: str
    severity: Severity
    breach: str
    """What of the standard is broken."""
    apply: Callable[..., Place | None] | None = None
    """Changes the dossier (or its parts); None when this dossier offers no place for it."""


def _amount(draw: Draw) -> int:
    """A difference nobody can take for rounding: 1,000 to 90,000 đồng, in hundredths."""
    return whole(draw, 1_000, 90_000) * 100


# ---------- lines (before the header is summed up)


def _lines_of(dossier: Dossier, table: str) -> list[Line]:
    return dossier.drugs if table == "XML2" else dossier.services


def _line_place(table: str, line: Line, field: str) -> Place:
    return Place(table, line.fields["STT"], field)


def _shift(table: str, wrong: str, carried: str) -> Callable[[Dossier, Draw], Place | None]:
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


def _in_scope(table: str) -> Callable[[Dossier, Draw], Place | None]:
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


def _fund_share(table: str) -> Callable[[Dossier, Draw], Place | None]:
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


def _other_sources(table: str) -> Callable[[Dossier, Draw], Place | None]:
    def apply(dossier: Dossier, draw: Draw) -> Place | None:
        lines = _lines_of(dossier, table)
        if not lines:
            return None
        line, source = one_of(draw, lines), one_of(draw, OTHER_SOURCES)
        line.fields[source] = money(line.amounts["T_NGUONKHAC"] + _amount(draw))
        return _line_place(table, line, "T_NGUONKHAC")

    return apply


def _line_text(
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


def _line_dossier_id(table: str, text: str | None) -> Callable[[Dossier, Draw], Place | None]:
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


def _header_amount(name: str) -> Callable[[Dossier, Draw], Place | None]:
    def apply(dossier: Dossier, draw: Draw) -> Place | None:
        if not dossier.lines:
            return None  # self-pay without lines: nothing that the totals must agree with
        totals = header_totals(dossier.drugs, dossier.services)
        if name == "T_BHTT" and totals["T_NGUONKHAC"]:
            return None  # the texts contradict each other here: no hard rule (§3.2)
        dossier.header[name] = money(totals[name] + _amount(draw))
        return Place("XML1", "", name)

    return apply


def _header_text(names: tuple[str, ...], texts: tuple[str, ...]) -> Callable[..., Place | None]:
    def apply(dossier: Dossier, draw: Draw) -> Place | None:
        if names[0].startswith("T_") and not dossier.lines:
            return None
        name = one_of(draw, names)
        dossier.header[name] = one_of(draw, texts)
        return Place("XML1", "", name)

    return apply


def _discharge_before_arrival(dossier: Dossier, _draw: Draw) -> Place | None:
    year = int(dossier.header["NGAY_VAO"][:4])
    dossier.header["NGAY_RA"] = f"{year - 1}{dossier.header['NGAY_RA'][4:]}".replace("0229", "0228")
    return Place("XML1", "", "NGAY_RA")


def _discharge_minutes_before_arrival(dossier: Dossier, _draw: Draw) -> Place | None:
    arrived = dossier.header["NGAY_VAO"]
    if arrived[10:] == "00" or dossier.header["NGAY_VAO_NOI_TRU"]:
        return None
    dossier.header["NGAY_RA"] = f"{arrived[:10]}{int(arrived[10:]) - 1:02d}"
    return Place("XML1", "", "NGAY_RA")


def _admission_before_arrival(dossier: Dossier, _draw: Draw) -> Place | None:
    if not dossier.header["NGAY_VAO_NOI_TRU"]:
        return None
    dossier.header["NGAY_VAO_NOI_TRU"] = f"{dossier.header['NGAY_VAO'][:8]}0001"
    return Place("XML1", "", "NGAY_VAO_NOI_TRU")


def _admission_after_discharge(dossier: Dossier, _draw: Draw) -> Place | None:
    if not dossier.header["NGAY_VAO_NOI_TRU"]:
        return None
    dossier.header["NGAY_VAO_NOI_TRU"] = f"{dossier.header['NGAY_RA'][:8]}2358"
    return Place("XML1", "", "NGAY_VAO_NOI_TRU")


# ---------- parts (after rendering)


def _find(parts: list[Part], *tables: str) -> Part | None:
    return next((part for part in parts if part.table in tables), None)


def _no_header(parts: list[Part], _facility: Facility, _draw: Draw) -> Place | None:
    if len(parts) < 2:
        return None
    parts[:] = [part for part in parts if part.table != "XML1"]
    return Place("XML1")


def _two_headers(parts: list[Part], _facility: Facility, _draw: Draw) -> Place | None:
    parts.append(Part("XML1", parts[0].xml))
    return Place("XML1")


def _no_table_name(parts: list[Part], _facility: Facility, _draw: Draw) -> Place | None:
    part = _find(parts, "XML2", "XML3")
    if part is None:
        return None
    table, part.table = part.table, ""
    return Place(table)


def _broken_base64(parts: list[Part], facility: Facility, draw: Draw) -> Place | None:
    if facility.is_nested:
        return None
    part = one_of(draw, parts)
    encoded = b64encode(part.xml.encode())
    # A character outside the alphabet, and 4n + 1 inside it: also wrong for a decoder that skips.
    length = len(encoded) // 8 * 4 + 1
    part.content = encoded[: length // 2] + b"*" + encoded[length // 2 : length]
    return Place(part.table)


def _broken_table(parts: list[Part], facility: Facility, draw: Draw) -> Place | None:
    if facility.is_nested:
        return None  # would break the whole file
    part = one_of(draw, parts)
    part.content = b64encode(part.xml[: len(part.xml) * 2 // 3].encode())
    return Place(part.table)


def _other_table_dossier_id(parts: list[Part], _facility: Facility, _draw: Draw) -> Place | None:
    part = _find(parts, "XML4", "XML5", "XML7", "XML8", "XML13", "XML14")
    if part is None:
        return None
    start = part.xml.index("<MA_LK>") + 7
    end = part.xml.index("</MA_LK>")
    part.xml = part.xml[:start] + _another(part.xml[start:end]) + part.xml[end:]
    return Place(part.table, "", "MA_LK")


_NO_NUMBER = ("12.500,50", "1O000", "không", "12 500", "NaN", "1e5")
_PREFIX = {"XML2": "drug", "XML3": "service"}


def _line_kinds(table: str) -> list[Kind]:
    """The kinds that both line tables share."""
    of = _PREFIX[table]
    price = "DON_GIA" if table == "XML2" else "DON_GIA_BV"
    quantity = "SO_LUONG × DON_GIA" if table == "XML2" else "SO_LUONG × DON_GIA_BV × TYLE_TT_DV%"

    def kind(name: str, breach: str, apply: Callable[..., Place | None]) -> Kind:
        return Kind(f"{of}_{name}", "lines", "L01", "quarantine_dossier", breach, apply)

    return [
        kind(
            "billed_wrong",
            f"THANH_TIEN_BV ≠ {quantity}",
            _shift(table, "THANH_TIEN_BV", "T_BNTT"),
        ),
        kind(
            "in_scope_wrong",
            "THANH_TIEN_BH is not the part inside the insurance scope",
            _in_scope(table),
        ),
        kind(
            "parts_do_not_add_up",
            "T_BHTT + T_BNCCT + T_BNTT + T_NGUONKHAC ≠ THANH_TIEN_BV",
            _shift(table, "T_BNTT", ""),
        ),
        kind("fund_share_wrong", "T_BHTT ≠ THANH_TIEN_BH × MUC_HUONG%", _fund_share(table)),
        kind(
            "other_sources_wrong",
            "T_NGUONKHAC ≠ _NSNN + _VTNN + _VTTN + _CL",
            _other_sources(table),
        ),
        kind(
            "amount_not_a_number",
            "THANH_TIEN_BV is no number with a decimal point",
            _line_text(table, "THANH_TIEN_BV", _NO_NUMBER),
        ),
        kind(
            "price_not_a_number",
            f"{price} is no number with a decimal point",
            _line_text(table, price, _NO_NUMBER),
        ),
        kind(
            "quantity_missing",
            "SO_LUONG is blank",
            _line_text(table, "SO_LUONG", ("",)),
        ),
        Kind(
            f"other_dossier_in_{of}",
            "lines",
            "F04",
            "quarantine_dossier",
            f"a line of {table} names another MA_LK",
            _line_dossier_id(table, None),
        ),
        Kind(
            f"no_dossier_in_{of}",
            "lines",
            "F04",
            "quarantine_dossier",
            f"a line of {table} names no MA_LK",
            _line_dossier_id(table, ""),
        ),
    ]


def _header_kinds() -> list[Kind]:
    wrong = [
        Kind(
            f"header_{name.lower()}_wrong",
            "header",
            "L02",
            "quarantine_dossier",
            f"{name} is not what the lines add up to",
            _header_amount(name),
        )
        for name in HEADER_AMOUNTS
    ]
    not_a_number = Kind(
        "header_not_a_number",
        "header",
        "L02",
        "quarantine_dossier",
        "a header amount is no number with a decimal point",
        _header_text(HEADER_AMOUNTS, _NO_NUMBER),
    )
    # A blank T_NGUONKHAC says the same as 0, which may be right.
    required = tuple(name for name in HEADER_AMOUNTS if name != "T_NGUONKHAC")
    missing = Kind(
        "header_amount_missing",
        "header",
        "L02",
        "quarantine_dossier",
        "a header amount other than T_NGUONKHAC is blank",
        _header_text(required, ("",)),
    )
    return [*wrong, not_a_number, missing]


def _date_kind(name: str, breach: str, apply: Callable[..., Place | None]) -> Kind:
    return Kind(name, "header", "D01", "quarantine_dossier", breach, apply)


def _part_kind(name: str, rule: str, breach: str, apply: Callable[..., Place | None]) -> Kind:
    return Kind(name, "parts", rule, "quarantine_dossier", breach, apply)


DOSSIER_KINDS: tuple[Kind, ...] = (
    *_line_kinds("XML2"),
    *_line_kinds("XML3"),
    *_header_kinds(),
    _date_kind("discharge_before_arrival", "NGAY_RA < NGAY_VAO", _discharge_before_arrival),
    _date_kind("discharge_a_minute_early", "NGAY_RA < NGAY_VAO", _discharge_minutes_before_arrival),
    _date_kind(
        "admission_before_arrival", "NGAY_VAO_NOI_TRU < NGAY_VAO", _admission_before_arrival
    ),
    _date_kind(
        "admission_after_discharge", "NGAY_VAO_NOI_TRU > NGAY_RA", _admission_after_discharge
    ),
    _date_kind(
        "date_missing",
        "NGAY_VAO or NGAY_RA is blank",
        _header_text(("NGAY_VAO", "NGAY_RA"), ("",)),
    ),
    _date_kind(
        "date_impossible",
        "NGAY_VAO or NGAY_RA is no date yyyymmddHHMM",
        _header_text(
            ("NGAY_VAO", "NGAY_RA"),
            ("202602300800", "202613010800", "202607012560", "01/07/2026 08:00"),
        ),
    ),
    _part_kind("no_header", "F03", "no XML1 in the HOSO", _no_header),
    _part_kind("two_headers", "F03", "two XML1 in the HOSO", _two_headers),
    _part_kind("no_table_name", "F03", "a FILEHOSO without LOAIHOSO", _no_table_name),
    _part_kind("broken_base64", "F03", "NOIDUNGFILE cannot be decoded", _broken_base64),
    _part_kind("broken_table", "F03", "NOIDUNGFILE is not well-formed XML", _broken_table),
    _part_kind(
        "other_dossier_in_other_table",
        "F04",
        "a table beside XML1-XML3 names another MA_LK",
        _other_table_dossier_id,
    ),
)
FILE_KINDS: tuple[Kind, ...] = (
    Kind("declared_too_many", "file", "F02", "refuse_file", "SOLUONGHOSO > number of HOSO"),
    Kind("declared_not_a_number", "file", "F02", "notice", "SOLUONGHOSO is no number"),
    Kind("truncated", "file", "F01", "refuse_file", "the file ends before the envelope does"),
    Kind("declared_too_few", "file", "F02", "notice", "SOLUONGHOSO < number of HOSO"),
)
KINDS = DOSSIER_KINDS + FILE_KINDS


def candidates(draw: Draw, kinds: tuple[Kind, ...] = DOSSIER_KINDS) -> tuple[Kind, ...]:
    """The kinds in the order in which to try them on a dossier."""
    start = int(draw() * len(kinds))
    return kinds[start:] + kinds[:start]
