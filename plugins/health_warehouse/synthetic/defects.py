"""The kinds of defects that are injected, each one breach of the standard.

Written from the standard (§3.1 lines, §3.2 header, §3.3 rules). `expected_rule` is the id (or its
beginning) of the rule that must find it.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from health_warehouse.synthetic.breaches import (
    Breach,
    admission_after_discharge,
    admission_before_arrival,
    broken_base64,
    broken_table,
    discharge_before_arrival,
    discharge_minutes_before_arrival,
    fund_share,
    header_amount,
    header_text,
    in_scope,
    line_dossier_id,
    line_text,
    no_header,
    no_table_name,
    other_sources,
    other_table_dossier_id,
    shift,
    two_headers,
)
from health_warehouse.synthetic.streams import Draw

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


class Kind(NamedTuple):
    name: str
    stage: Stage
    expected_rule: str
    severity: Severity
    breach: str
    """What of the standard is broken."""
    apply: Breach | None = None
    """Changes the dossier (or its parts); None when this dossier offers no place for it."""


_NO_NUMBER = ("12.500,50", "1O000", "không", "12 500", "NaN", "1e5")
_PREFIX = {"XML2": "drug", "XML3": "service"}


def _line_kinds(table: str) -> list[Kind]:
    """The kinds that both line tables share."""
    of = _PREFIX[table]
    price = "DON_GIA" if table == "XML2" else "DON_GIA_BV"
    quantity = "SO_LUONG × DON_GIA" if table == "XML2" else "SO_LUONG × DON_GIA_BV × TYLE_TT_DV%"

    def kind(name: str, breach: str, apply: Breach) -> Kind:
        return Kind(f"{of}_{name}", "lines", "L01", "quarantine_dossier", breach, apply)

    return [
        kind(
            "billed_wrong",
            f"THANH_TIEN_BV ≠ {quantity}",
            shift(table, "THANH_TIEN_BV", "T_BNTT"),
        ),
        kind(
            "in_scope_wrong",
            "THANH_TIEN_BH is not the part inside the insurance scope",
            in_scope(table),
        ),
        kind(
            "parts_do_not_add_up",
            "T_BHTT + T_BNCCT + T_BNTT + T_NGUONKHAC ≠ THANH_TIEN_BV",
            shift(table, "T_BNTT", ""),
        ),
        kind("fund_share_wrong", "T_BHTT ≠ THANH_TIEN_BH × MUC_HUONG%", fund_share(table)),
        kind(
            "other_sources_wrong",
            "T_NGUONKHAC ≠ _NSNN + _VTNN + _VTTN + _CL",
            other_sources(table),
        ),
        kind(
            "amount_not_a_number",
            "THANH_TIEN_BV is no number with a decimal point",
            line_text(table, "THANH_TIEN_BV", _NO_NUMBER),
        ),
        kind(
            "price_not_a_number",
            f"{price} is no number with a decimal point",
            line_text(table, price, _NO_NUMBER),
        ),
        kind(
            "quantity_missing",
            "SO_LUONG is blank",
            line_text(table, "SO_LUONG", ("",)),
        ),
        Kind(
            f"other_dossier_in_{of}",
            "lines",
            "F04",
            "quarantine_dossier",
            f"a line of {table} names another MA_LK",
            line_dossier_id(table, None),
        ),
        Kind(
            f"no_dossier_in_{of}",
            "lines",
            "F04",
            "quarantine_dossier",
            f"a line of {table} names no MA_LK",
            line_dossier_id(table, ""),
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
            header_amount(name),
        )
        for name in HEADER_AMOUNTS
    ]
    not_a_number = Kind(
        "header_not_a_number",
        "header",
        "L02",
        "quarantine_dossier",
        "a header amount is no number with a decimal point",
        header_text(HEADER_AMOUNTS, _NO_NUMBER),
    )
    # A blank T_NGUONKHAC says the same as 0, which may be right.
    required = tuple(name for name in HEADER_AMOUNTS if name != "T_NGUONKHAC")
    missing = Kind(
        "header_amount_missing",
        "header",
        "L02",
        "quarantine_dossier",
        "a header amount other than T_NGUONKHAC is blank",
        header_text(required, ("",)),
    )
    return [*wrong, not_a_number, missing]


def _date_kind(name: str, breach: str, apply: Breach) -> Kind:
    return Kind(name, "header", "D01", "quarantine_dossier", breach, apply)


def _part_kind(name: str, rule: str, breach: str, apply: Breach) -> Kind:
    return Kind(name, "parts", rule, "quarantine_dossier", breach, apply)


DOSSIER_KINDS: tuple[Kind, ...] = (
    *_line_kinds("XML2"),
    *_line_kinds("XML3"),
    *_header_kinds(),
    _date_kind("discharge_before_arrival", "NGAY_RA < NGAY_VAO", discharge_before_arrival),
    _date_kind("discharge_a_minute_early", "NGAY_RA < NGAY_VAO", discharge_minutes_before_arrival),
    _date_kind("admission_before_arrival", "NGAY_VAO_NOI_TRU < NGAY_VAO", admission_before_arrival),
    _date_kind(
        "admission_after_discharge", "NGAY_VAO_NOI_TRU > NGAY_RA", admission_after_discharge
    ),
    _date_kind(
        "date_missing",
        "NGAY_VAO or NGAY_RA is blank",
        header_text(("NGAY_VAO", "NGAY_RA"), ("",)),
    ),
    _date_kind(
        "date_impossible",
        "NGAY_VAO or NGAY_RA is no date yyyymmddHHMM",
        header_text(
            ("NGAY_VAO", "NGAY_RA"),
            ("202602300800", "202613010800", "202607012560", "01/07/2026 08:00"),
        ),
    ),
    _part_kind("no_header", "F03", "no XML1 in the HOSO", no_header),
    _part_kind("two_headers", "F03", "two XML1 in the HOSO", two_headers),
    _part_kind("no_table_name", "F03", "a FILEHOSO without LOAIHOSO", no_table_name),
    _part_kind("broken_base64", "F03", "NOIDUNGFILE cannot be decoded", broken_base64),
    _part_kind("broken_table", "F03", "NOIDUNGFILE is not well-formed XML", broken_table),
    _part_kind(
        "other_dossier_in_other_table",
        "F04",
        "a table beside XML1-XML3 names another MA_LK",
        other_table_dossier_id,
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
