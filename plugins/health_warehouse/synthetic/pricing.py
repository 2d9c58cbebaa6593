"""The arithmetic of cost lines (standard §3.1), in whole numbers.

Quantities and unit prices are thousandths, amounts hundredths of a đồng, benefit rates tenths of
a percent, all ints: no float ever touches money. Amounts are rounded half up to 2 decimals, once,
from the exact product; the standard names no mode, and any mode stays within its 0.01.
"""

from __future__ import annotations

from typing import NamedTuple

from health_warehouse.synthetic.layouts import Numbers, money, quantity

OTHER_SOURCES = (
    "T_NGUONKHAC_NSNN",
    "T_NGUONKHAC_VTNN",
    "T_NGUONKHAC_VTTN",
    "T_NGUONKHAC_CL",
)


class Terms(NamedTuple):
    """What the amounts of a line follow from, beside its prices."""

    quantity: int
    """SO_LUONG, thousandths."""
    share: int
    """TYLE_TT_DV, percent; 100 for drugs."""
    rate: int
    """TYLE_TT_BH, percent; 0 = outside the scope of the insurance."""
    benefit: int
    """MUC_HUONG, tenths of a percent."""
    source: str = ""
    """Element of another source that helps, if any."""
    support: int = 0
    """Percent of the patient's part that it pays."""


class Amounts(NamedTuple):
    """Hundredths of a đồng."""

    billed: int
    """THANH_TIEN_BV."""
    in_scope: int
    """THANH_TIEN_BH."""
    other: int
    """T_NGUONKHAC."""
    own: int
    """T_BNTT."""
    copayment: int
    """T_BNCCT."""
    fund: int
    """T_BHTT."""


ELEMENTS = ("THANH_TIEN_BV", "THANH_TIEN_BH", "T_NGUONKHAC", "T_BNTT", "T_BNCCT", "T_BHTT")
"""Of the amounts, in their order."""


PRICED = frozenset(
    (*ELEMENTS, *OTHER_SOURCES, "MUC_HUONG", "PHAM_VI", "TYLE_TT_BH", "SO_LUONG", "TYLE_TT_DV")
)
"""Elements that follow from the terms of a line."""


def amounts_of(terms: Terms, price: int, insurance_price: int) -> Amounts:
    """All amounts of a line; prices in thousandths of a đồng."""
    billed = (terms.quantity * terms.share * price + 500_000) // 1_000_000
    in_scope = scope(terms.quantity, terms.share, terms.rate, insurance_price)
    own = billed - in_scope
    fund = (in_scope * terms.benefit + 500) // 1000
    copayment = in_scope - fund
    other = 0
    if terms.source:
        # Help for the patient in person: first the own part, then the co-payment (case a).
        other = (own + copayment) * terms.support // 100
        from_own = min(own, other)
        own -= from_own
        copayment -= other - from_own
    return Amounts(billed, in_scope, other, own, copayment, fund)


def scope(quantity_ordered: int, share: int, rate: int, insurance_price: int) -> int:
    """THANH_TIEN_BH."""
    gross = quantity_ordered * share
    return (gross * insurance_price * rate + 50_000_000) // 100_000_000


def spelled(terms: Terms, amounts: Amounts, table: str, numbers: Numbers) -> dict[str, str]:
    """The elements of a line that follow from its terms."""
    whole, tenth = divmod(terms.benefit, 10)
    texts = {
        "MUC_HUONG": f"{whole}.{tenth}" if tenth else str(whole),
        "PHAM_VI": "1" if terms.rate else "2",
        "TYLE_TT_BH": str(terms.rate),
        "SO_LUONG": quantity(terms.quantity, numbers),
    }
    for name, amount in zip(ELEMENTS, amounts, strict=True):
        texts[name] = money(amount, numbers)
    for name in OTHER_SOURCES:
        texts[name] = texts["T_NGUONKHAC"] if name == terms.source else money(0, numbers)
    if table == "XML3":
        texts["TYLE_TT_DV"] = str(terms.share)
    return texts
