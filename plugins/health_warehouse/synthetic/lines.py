"""Cost lines of a dossier (XML2, XML3), and the header amounts that they add up to."""

from __future__ import annotations

from health_warehouse.synthetic.formulary import Offer, Priced, priced
from health_warehouse.synthetic.pricing import Amounts, Terms, scope

_NOTHING = Amounts(0, 0, 0, 0, 0, 0)
_DEVICES = ("10", "11")
"""MA_NHOM."""


class Line:
    """One row of XML2 or XML3: what was ordered, and the money behind it."""

    __slots__ = (
        "_priced",
        "amounts",
        "benefit",
        "changed",
        "offer",
        "quantity",
        "rate",
        "share",
        "supported",
        "texts",
    )

    def __init__(
        self,
        offer: Offer,
        texts: dict[str, str],
        quantity: int,
        share: int,
        rate: int,
        supported: tuple[str, int],
    ) -> None:
        """Terms as in `pricing.Terms`; `supported` is its source and support.

        `texts` are the elements that differ from line to line. Without amounts until `settle` is
        called, when the benefit rate is known.
        """
        self.offer = offer
        self.texts = texts
        self.quantity = quantity
        self.share = share
        self.rate = rate
        self.supported = supported
        self.benefit = 0
        self.amounts = _NOTHING
        self._priced: Priced | None = None
        self.changed: dict[str, str] = {}
        """Elements that were overwritten: defects."""

    @property
    def in_scope(self) -> int:
        """THANH_TIEN_BH as it must be, hundredths of a đồng."""
        return scope(self.quantity, self.share, self.rate, self.offer.insurance_price)

    def settle(self, benefit: int) -> None:
        """Compute all amounts; `benefit` is MUC_HUONG in tenths of a percent."""
        self.benefit = benefit
        self._priced = priced(self.offer, self._terms())
        self.amounts = self._priced.amounts

    def _terms(self) -> Terms:
        source, support = self.supported
        return Terms(self.quantity, self.share, self.rate, self.benefit, source, support)

    def alter(self, **amounts: int) -> None:
        """Overwrite amounts, leaving the others as they are."""
        self.amounts = self.amounts._replace(**amounts)
        self._priced = None

    @property
    def table(self) -> str:
        return self.offer.table

    @property
    def group(self) -> str:
        """MA_NHOM."""
        return self.offer.group

    def field(self, name: str) -> str:
        """Text of an element as it is now."""
        for texts in (self.changed, self.texts):
            if name in texts:
                return texts[name]
        return self.offer.fields.get(name, "")

    def render(self) -> bytes:
        """The row; `settle` comes before."""
        if self.changed or self._priced is None:
            return self.offer.render(self._terms(), self.amounts, self.texts, self.changed)
        return self._priced.filled(self.texts)


def header_totals(drugs: list[Line], services: list[Line]) -> dict[str, int]:
    """The header amounts of XML1 from its lines (standard §3.2), in hundredths of a đồng.

    T_BHTT is the sum over the lines: equal to T_TONGCHI_BH - T_BNCCT unless another source paid
    part of the co-payment, where the texts contradict each other.
    """
    devices = by_service = 0
    billed = in_scope = other = own = copayment = fund = 0
    for line in drugs + services:
        amounts = line.amounts
        billed += amounts.billed
        in_scope += amounts.in_scope
        other += amounts.other
        own += amounts.own
        copayment += amounts.copayment
        fund += amounts.fund
        if line.texts["MA_PTTT"] == "1":
            by_service += amounts.fund
        if line.offer.group in _DEVICES:
            devices += amounts.billed
    return {
        "T_THUOC": sum([line.amounts.billed for line in drugs]),
        "T_VTYT": devices,
        "T_TONGCHI_BV": billed,
        "T_TONGCHI_BH": in_scope,
        "T_BNTT": own,
        "T_BNCCT": copayment,
        "T_BHTT": fund,
        "T_NGUONKHAC": other,
        "T_BHTT_GDV": by_service,
    }
