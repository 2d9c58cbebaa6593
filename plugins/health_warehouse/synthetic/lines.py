"""Cost lines and their arithmetic (standard §3.1), in whole numbers.

Quantities and unit prices are thousandths, amounts hundredths of a đồng, benefit rates tenths of
a percent, all ints: no float ever touches money. Amounts are rounded half up to 2 decimals, once,
from the exact product; the standard names no mode, and any mode stays within its 0.01.
"""

from __future__ import annotations

from collections.abc import Iterable

OTHER_SOURCES = (
    "T_NGUONKHAC_NSNN",
    "T_NGUONKHAC_VTNN",
    "T_NGUONKHAC_VTTN",
    "T_NGUONKHAC_CL",
)


def money(hundredths: int) -> str:
    """Decimal spelling of an amount: `12500` or `12500.05`."""
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02d}" if rest else str(whole)


def thousandths(number: int) -> str:
    """Decimal spelling of a quantity or unit price, up to 3 decimals."""
    whole, rest = divmod(number, 1000)
    return f"{whole}.{rest:03d}".rstrip("0") if rest else str(whole)


class Line:
    """One row of XML2 or XML3: its elements as text, and its amounts as numbers.

    `fields` holds text ready for markup (escaped); `amounts` the money behind it.
    """

    __slots__ = (
        "amounts",
        "benefit",
        "fields",
        "insurance_price",
        "price",
        "quantity",
        "rate",
        "service_rate",
        "supported",
    )

    def __init__(
        self,
        fields: dict[str, str],
        *,
        quantity: int,
        price: int,
        insurance_price: int,
        service_rate: int = 100,
        rate: int = 100,
        benefit: int = 0,
        supported: tuple[str, int] | None = None,
    ) -> None:
        """`supported` = (element of another source, percent that it pays of the patient's part)."""
        self.fields = fields
        self.quantity = quantity
        self.price = price
        self.insurance_price = insurance_price
        self.service_rate = service_rate
        self.rate = rate
        self.benefit = benefit
        self.supported = supported
        self.amounts: dict[str, int] = {}
        self.settle()

    def settle(self) -> None:
        """Compute all amounts from quantity, prices and rates."""
        gross = self.quantity * self.service_rate
        billed = (gross * self.price + 500_000) // 1_000_000
        in_scope = (gross * self.insurance_price * self.rate + 50_000_000) // 100_000_000
        own = billed - in_scope
        fund = (in_scope * self.benefit + 500) // 1000
        copayment = in_scope - fund
        other = 0
        if self.supported:
            # Help for the patient in person: first the own part, then the co-payment (case a).
            other = (own + copayment) * self.supported[1] // 100
            from_own = min(own, other)
            own -= from_own
            copayment -= other - from_own
        self.amounts = amounts = {
            "THANH_TIEN_BV": billed,
            "THANH_TIEN_BH": in_scope,
            "T_NGUONKHAC": other,
            "T_BNTT": own,
            "T_BNCCT": copayment,
            "T_BHTT": fund,
        }
        fields = self.fields
        fields["SO_LUONG"] = thousandths(self.quantity)
        for name, amount in amounts.items():
            fields[name] = money(amount)
        if self.supported:
            fields[self.supported[0]] = fields["T_NGUONKHAC"]

    def set_amount(self, name: str, hundredths: int) -> None:
        """Overwrite one amount, leaving the others as they are."""
        self.amounts[name] = hundredths
        self.fields[name] = money(hundredths)


def total(lines: Iterable[Line], name: str) -> int:
    return sum(line.amounts[name] for line in lines)


def header_totals(drugs: list[Line], services: list[Line]) -> dict[str, int]:
    """The header amounts of XML1 from its lines (standard §3.2), in hundredths of a đồng.

    T_BHTT is the sum over the lines: equal to T_TONGCHI_BH - T_BNCCT unless another source paid
    part of the co-payment, where the texts contradict each other.
    """
    lines = drugs + services
    devices = [line for line in services if line.fields["MA_NHOM"] in ("10", "11")]
    by_service = [line for line in lines if line.fields["MA_PTTT"] == "1"]
    drugs_billed = total(drugs, "THANH_TIEN_BV")
    return {
        "T_THUOC": drugs_billed,
        "T_VTYT": total(devices, "THANH_TIEN_BV"),
        "T_TONGCHI_BV": drugs_billed + total(services, "THANH_TIEN_BV"),
        "T_TONGCHI_BH": total(lines, "THANH_TIEN_BH"),
        "T_BNTT": total(lines, "T_BNTT"),
        "T_BNCCT": total(lines, "T_BNCCT"),
        "T_BHTT": total(lines, "T_BHTT"),
        "T_NGUONKHAC": total(lines, "T_NGUONKHAC"),
        "T_BHTT_GDV": total(by_service, "T_BHTT"),
    }
