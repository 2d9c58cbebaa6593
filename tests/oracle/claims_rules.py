"""The five rules of the door, once more: the second opinion on one dossier.

Standard library only, written from the standard (insurance claims §3.1-§3.3), one dossier at a
time, exact decimals. It must never share code, SQL or wording with the product.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from decimal import Decimal

Row = dict[str, str]

LOCAL_TIME = timezone(timedelta(hours=7))  # Asia/Ho_Chi_Minh
LINE_TOLERANCE = Decimal("0.01")
HEADER_TOLERANCE = Decimal(1)
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_OTHER = ("T_NGUONKHAC_NSNN", "T_NGUONKHAC_VTNN", "T_NGUONKHAC_VTTN", "T_NGUONKHAC_CL")


class NotANumber(ValueError):
    pass


def number(row: Row, name: str) -> Decimal:
    """A number of the standard: a decimal point, no grouping; blank only where nobody else paid."""
    text = row.get(name, "") or ("0" if name.startswith("T_NGUONKHAC") else "")
    if not _NUMBER.fullmatch(text):
        raise NotANumber(name)
    return Decimal(text)


def moment(text: str) -> datetime:
    """`yyyymmddHHMM`. Raises ValueError for anything else."""
    if not re.fullmatch("[0-9]{12}", text):
        raise ValueError(text)
    return datetime.strptime(text, "%Y%m%d%H%M").replace(tzinfo=LOCAL_TIME)


def breaks_date_order(header: Row) -> bool:
    """D01: arrival ≤ admission (where given) ≤ end of care; both ends are required."""
    try:
        arrived, ended = moment(header.get("NGAY_VAO", "")), moment(header.get("NGAY_RA", ""))
        admitted_text = header.get("NGAY_VAO_NOI_TRU", "")
        admitted = moment(admitted_text) if admitted_text else arrived
    except ValueError:
        return True
    return not arrived <= admitted <= ended


def breaks_line_arithmetic(table: str, row: Row) -> bool:
    """L01: the identities of §3.1 on one line of XML2 or XML3."""
    try:
        return any(abs(off) > LINE_TOLERANCE for off in _line_differences(table, row))
    except NotANumber:
        return True


def _line_differences(table: str, row: Row) -> Iterator[Decimal]:
    quantity, percent = number(row, "SO_LUONG"), Decimal(100)
    rate = number(row, "TYLE_TT_BH") / percent
    if table == "XML2":
        billed = quantity * number(row, "DON_GIA")
        in_scope = billed * rate
    else:
        share = number(row, "TYLE_TT_DV") / percent
        billed = quantity * number(row, "DON_GIA_BV") * share
        in_scope = quantity * number(row, "DON_GIA_BH") * share * rate
    yield number(row, "THANH_TIEN_BV") - billed
    yield number(row, "THANH_TIEN_BH") - in_scope
    other = number(row, "T_NGUONKHAC")
    yield other - sum(number(row, name) for name in _OTHER)
    own, copayment, fund = (number(row, name) for name in ("T_BNTT", "T_BNCCT", "T_BHTT"))
    yield own + copayment + fund + other - number(row, "THANH_TIEN_BV")
    if other == 0:  # otherwise the deduction order of §3.1 changes the parts
        yield fund - number(row, "THANH_TIEN_BH") * number(row, "MUC_HUONG") / percent
        yield own - (number(row, "THANH_TIEN_BV") - number(row, "THANH_TIEN_BH"))


def breaks_header_totals(header: Row, drugs: list[Row], services: list[Row]) -> bool:
    """L02: the identities of §3.2 between XML1 and its lines; a blank total is 0 (K01 flags it).

    A visit without insurance may be sent as XML1 (and XML8) alone: no lines to agree with.
    """
    is_uninsured = header.get("MA_DOITUONG_KCB") == "9" or not header.get("MA_THE_BHYT")
    if is_uninsured and not drugs and not services:
        return False
    given = {name: text or "0" for name, text in header.items()}
    try:
        return any(
            abs(number(given, name) - expected) > HEADER_TOLERANCE
            for name, expected in _header_expectations(given, drugs, services)
        )
    except NotANumber:
        return True


def _header_expectations(
    header: Row, drugs: list[Row], services: list[Row]
) -> Iterator[tuple[str, Decimal]]:
    def total(rows: list[Row], name: str) -> Decimal:
        return sum((number(row, name) for row in rows), Decimal(0))

    lines = drugs + services
    devices = [row for row in services if row.get("MA_NHOM") in ("10", "11")]
    by_service = [row for row in lines if row.get("MA_PTTT") == "1"]
    yield "T_THUOC", total(drugs, "THANH_TIEN_BV")
    yield "T_VTYT", total(devices, "THANH_TIEN_BV")
    yield "T_TONGCHI_BV", total(lines, "THANH_TIEN_BV")
    yield "T_TONGCHI_BH", total(lines, "THANH_TIEN_BH")
    for name in ("T_BNTT", "T_BNCCT", "T_NGUONKHAC"):
        yield name, total(lines, name)
    if number(header, "T_NGUONKHAC") == 0:  # §3.2: the texts conflict where others paid
        yield "T_BHTT", number(header, "T_TONGCHI_BH") - number(header, "T_BNCCT")
    number(header, "T_BHTT")
    yield "T_BHTT_GDV", total(by_service, "T_BHTT")
