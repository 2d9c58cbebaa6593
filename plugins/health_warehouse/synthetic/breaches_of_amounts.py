"""Breaches that the arithmetic does not show: amounts below 0, and a whole dossier in thousands."""

from __future__ import annotations

from dataclasses import replace

from health_warehouse.synthetic.breaches_of_lines import chosen, lines_of, place_of
from health_warehouse.synthetic.formulary import BEDS, Offer
from health_warehouse.synthetic.kinds import Breach, Case, Place
from health_warehouse.synthetic.layouts import quantity
from health_warehouse.synthetic.lines import Line

_PRICES = {"XML2": ("DON_GIA",), "XML3": ("DON_GIA_BV", "DON_GIA_BH")}


def below_nothing(table: str) -> Breach:
    """A negative quantity, with all amounts that follow from it."""

    def apply(case: Case) -> Place | None:
        line = chosen(case, table, lambda line: line.group not in BEDS)
        if line is None:
            return None
        line.quantity = -line.quantity
        case.dossier.settle()
        return place_of(line, "SO_LUONG")

    return apply


def reversal(table: str) -> Breach:
    """A line and, at the end of its table, the line that cancels it."""

    def apply(case: Case) -> Place | None:
        line = chosen(case, table, lambda line: line.group not in (*BEDS, "13"))
        if line is None:
            return None
        rows = lines_of(case.dossier, table)
        texts = {**line.texts, "STT": str(len(rows) + 1)}
        rows.append(Line(line.offer, texts, -line.quantity, line.share, line.rate, line.supported))
        case.dossier.settle()
        return place_of(rows[-1], "SO_LUONG")

    return apply


def in_thousands(case: Case) -> Place | None:
    """All prices a thousandth, and all amounts that follow from them."""
    dossier = case.dossier
    if not any(line.group == "13" for line in dossier.services):
        return None
    for line in dossier.lines:
        line.offer = _thousandth(line.offer)
    dossier.settle()
    return Place("XML1", "", "T_TONGCHI_BV")


def _thousandth(offer: Offer) -> Offer:
    prices = (offer.price // 1000, offer.insurance_price // 1000)
    texts = {
        name: quantity(price, offer.layout.numbers)
        for name, price in zip(_PRICES[offer.table], prices, strict=False)
    }
    return replace(offer, fields=offer.fields | texts, price=prices[0], insurance_price=prices[1])
