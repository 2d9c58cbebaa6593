"""How rows of a table are spelled: order, empty elements, numbers, referral slip, letters."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, NamedTuple

from health_warehouse.synthetic.letters import Letters

Empties = Literal["pair", "self-closed", "absent", "nil"]
Numbers = Literal["plain", "point zero", "two decimals"]


class Layout(NamedTuple):
    empties: Empties = "pair"
    """`<A></A>`, `<A/>`, no element, or `<A xsi:nil="true"/>`."""
    swaps_payers: bool = False
    """T_BHTT before T_BNCCT before T_BNTT."""
    numbers: Numbers = "plain"
    """`3500`, `3500.0` or `3500.00`."""
    is_old_referral: bool = False
    """XML13 as in QĐ 4750 (MA_NOI_DI, …) instead of QĐ 3176 (MA_CSKCB_DI, …)."""
    letters: Letters = "composed"


PLAIN_LAYOUT = Layout()


@lru_cache(maxsize=100_000)
def money(hundredths: int, numbers: Numbers) -> str:
    """Decimal spelling of an amount."""
    if hundredths < 0:
        return f"-{money(-hundredths, numbers)}"
    whole, rest = divmod(hundredths, 100)
    if rest or numbers == "two decimals":
        return f"{whole}.{rest:02d}"
    return f"{whole}.0" if numbers == "point zero" else str(whole)


@lru_cache(maxsize=10_000)
def quantity(thousandths: int, numbers: Numbers) -> str:
    """Decimal spelling of a quantity or unit price, up to 3 decimals."""
    if thousandths < 0:
        return f"-{quantity(-thousandths, numbers)}"
    whole, rest = divmod(thousandths, 1000)
    if rest:
        return f"{whole}.{rest:03d}".rstrip("0")
    if numbers == "plain":
        return str(whole)
    return f"{whole}.0" if numbers == "point zero" else f"{whole}.00"
