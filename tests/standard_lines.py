"""Cost lines as the standard writes them, with amounts worked out by its formulas (§3.1).

Written from the standard, not from the rules: element names in capitals, every amount as text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

Row = dict[str, str]

_CENT = Decimal("0.01")
_SOURCES = ("NSNN", "VTNN", "VTTN", "CL")


@dataclass(frozen=True)
class Payment:
    """How a visit is paid. `support`: what another source gives for each line, in VND (VTTN)."""

    benefit: Decimal = Decimal(80)
    is_insured: bool = True
    blank: bool = False
    """Of visits without insurance: insurance fields blank, not 0."""
    support: Decimal = Decimal(0)
    method: str = "1"


def _money(value: Decimal) -> str:
    return str(value.quantize(_CENT, ROUND_HALF_UP))


def amounts(billed: Decimal, covered: Decimal, payment: Payment) -> Row:
    """THANH_TIEN_*, T_* and MUC_HUONG of one line.

    The other source supports the patient: what it gives is deducted from what is out of scope, then
    from the co-payment, then from the fund's part.
    """
    if not payment.is_insured:
        covered = Decimal(0)
    billed, covered = billed.quantize(_CENT), covered.quantize(_CENT)
    benefit = payment.benefit if payment.is_insured else Decimal(0)
    fund = (covered * benefit / 100).quantize(_CENT, ROUND_HALF_UP)
    parts = [billed - covered, covered - fund, fund]
    given = left = min(payment.support, billed)
    for number, part in enumerate(parts):
        taken = min(part, left)
        parts[number] = part - taken
        left -= taken
    row = {
        "THANH_TIEN_BV": _money(billed),
        "THANH_TIEN_BH": _money(covered),
        "MUC_HUONG": str(benefit),
        **{f"T_NGUONKHAC_{source}": "0" for source in _SOURCES},
        "T_NGUONKHAC_VTTN": _money(given),
        "T_NGUONKHAC": _money(given),
        "T_BNTT": _money(parts[0]),
        "T_BNCCT": _money(parts[1]),
        "T_BHTT": _money(parts[2]),
        "MA_PTTT": payment.method,
        "PHAM_VI": "1" if payment.is_insured else "2",
        "TYLE_TT_BH": "100" if payment.is_insured else "0",
    }
    if payment.blank:
        row |= dict.fromkeys(
            ("THANH_TIEN_BH", "MUC_HUONG", "T_BNCCT", "T_BHTT", "MA_PTTT", "TYLE_TT_BH", "PHAM_VI"),
            "",
        )
    return row


def drug(payment: Payment, quantity: str = "30", price: str = "12500.5", **values: str) -> Row:
    """One line of XML2 without MA_LK, STT and dates."""
    billed = Decimal(quantity) * Decimal(price)
    return {
        "MA_THUOC": "40.48",
        "MA_NHOM": "4",
        "TEN_THUOC": "Paracetamol 500mg “DHG” 10% <A&B>",
        "DON_VI_TINH": "Viên",
        "HAM_LUONG": "500mg + 65mg",
        "DUONG_DUNG": "1.01",
        "DANG_BAO_CHE": "Viên nén",
        "LIEU_DUNG": "2 viên/lần * 2 lần/ngày * 7 ngày [4 viên/ngày]",
        "CACH_DUNG": "Uống sau ăn",
        "SO_DANG_KY": "VD-12345-21",
        "TT_THAU": "123/QĐ-SYT;G1;N4;2025" if payment.is_insured else "",
        "SO_LUONG": quantity,
        "DON_GIA": price,
        "MA_KHOA": "K01",
        "MA_BAC_SI": "000123/CM-CCHN",
        "NGUON_CTRA": "1",
        **amounts(billed, billed, payment),
        **values,
    }


def service(
    payment: Payment,
    group: str,
    code: str,
    *,
    quantity: str = "1",
    price: str = "100000",
    covered_price: str = "80000",
    rate: str = "100",
    **values: str,
) -> Row:
    """One line of XML3 without MA_LK, STT and dates; `rate` is TYLE_TT_DV."""
    share = Decimal(quantity) * Decimal(rate) / 100
    device = group in ("10", "11")
    row = {
        "MA_VAT_TU" if device else "MA_DICH_VU": code,
        "TEN_VAT_TU" if device else "TEN_DICH_VU": f"{code}: 'tên' \"dịch vụ\" \\N",
        "MA_NHOM": group,
        "DON_VI_TINH": "Lần",
        "SO_LUONG": quantity,
        "DON_GIA_BV": price,
        "DON_GIA_BH": covered_price if payment.is_insured else "0",
        "TYLE_TT_DV": rate,
        "MA_KHOA": "K01",
        "MA_BAC_SI": "000123/CM-CCHN",
        "MA_BENH": "",
        **amounts(share * Decimal(price), share * Decimal(covered_price), payment),
    }
    if device and payment.is_insured:
        row["TT_THAU"] = "77/QĐ-BV;G2;N3;2026"
    if payment.blank:
        row |= {"DON_GIA_BH": "", "TYLE_TT_DV": ""}
    return {**row, **values}


def totals(drugs: Iterable[Row], services: Iterable[Row]) -> Row:
    """The sums of XML1 (§3.2)."""
    drugs, services = list(drugs), list(services)

    def total(column: str, rows: Iterable[Row]) -> Decimal:
        return sum((Decimal(row[column] or "0") for row in rows), Decimal(0))

    rows = [*drugs, *services]
    sums = {
        "T_THUOC": total("THANH_TIEN_BV", drugs),
        "T_VTYT": total("THANH_TIEN_BV", (s for s in services if s["MA_NHOM"] in ("10", "11"))),
        "T_TONGCHI_BV": total("THANH_TIEN_BV", rows),
        "T_TONGCHI_BH": total("THANH_TIEN_BH", rows),
        **{name: total(name, rows) for name in ("T_BNTT", "T_BNCCT", "T_BHTT", "T_NGUONKHAC")},
        "T_BHTT_GDV": total("T_BHTT", (row for row in rows if row["MA_PTTT"] == "1")),
    }
    return {name: _money(value) for name, value in sums.items()}
