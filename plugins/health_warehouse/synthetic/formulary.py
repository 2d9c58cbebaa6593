"""The catalogue as one facility uses it: its own tendered prices, in its software's spelling.

Everything that does not change from line to line is written into a form once, and the amounts of a
quantity once per benefit rate, so that writing a line is filling in who, when and for what.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from xml.sax.saxutils import escape

from health_warehouse.synthetic import catalogue, tables
from health_warehouse.synthetic.catalogue import Drug, Indicator, Service
from health_warehouse.synthetic.layouts import Layout, quantity
from health_warehouse.synthetic.pricing import PRICED, Amounts, Terms, amounts_of, spelled
from health_warehouse.synthetic.province import Facility
from health_warehouse.synthetic.rows import Form
from health_warehouse.synthetic.streams import stream, whole
from health_warehouse.synthetic.templates import Template

PERFORMED = ("1", "2", "3", "8", "18")
"""MA_NHOM of services that name who performed them, and when (standard §3.3 L07)."""
BEDS = ("14", "15", "16")
PACKAGE_CEILING = 105_300_000
"""T_TRANTT in đồng: 45 base salaries of 2,340,000 (NĐ 73/2024)."""
_OF_DRUGS = (
    "MA_LK", "STT", "LIEU_DUNG", "MA_KHOA", "MA_BAC_SI", "NGAY_YL", "NGAY_TH_YL", "MA_PTTT",
)  # fmt: skip
_OF_SERVICES = (
    "MA_LK", "STT", "MA_KHOA", "MA_BAC_SI", "MA_BENH", "NGAY_YL", "NGAY_TH_YL", "MA_PTTT",
)  # fmt: skip
_OF_PERFORMED = (*_OF_SERVICES, "NGUOI_THUC_HIEN", "NGAY_KQ")
_OF_BEDS = (*_OF_SERVICES, "MA_GIUONG", "NGAY_KQ")
_REMEMBERED = 4_096
"""Priced lines of all offers together, of about 2.5 KB: 10 MB."""


@dataclass(eq=False)
class Offer:
    """A drug or service with this facility's price."""

    table: str
    """XML2 or XML3."""
    fields: dict[str, str]
    """Its constant elements."""
    differing: tuple[str, ...]
    """Elements that each line fills in."""
    layout: Layout
    price: int
    """What the hospital asks, thousandths of a đồng."""
    insurance_price: int
    rate: int
    """TYLE_TT_BH when it is inside the scope."""
    is_fractional: bool = False
    indicators: tuple[tuple[Indicator, Form], ...] = ()
    """What a test measures, with the form of its row of XML4."""

    @cached_property
    def group(self) -> str:
        """MA_NHOM."""
        return self.fields["MA_NHOM"]

    @cached_property
    def template(self) -> Template:
        """The line without its amounts, and without what differs from line to line."""
        later = {*PRICED, *self.differing}
        blank = {name: "" for name in tables.field_names(self.table) if name not in later}
        return tables.row_template(self.table, self.layout, {**blank, **self.fields})

    def render(
        self, terms: Terms, amounts: Amounts, texts: Mapping[str, str], changed: Mapping[str, str]
    ) -> bytes:
        """The line with some elements overwritten."""
        priced = spelled(terms, amounts, self.table, self.layout.numbers)
        values = {**tables.blank(self.table), **self.fields, **priced, **texts, **changed}
        return tables.row(self.table, values, self.layout)


class Priced:
    """An offer under certain terms."""

    __slots__ = ("_is_used", "_offer", "_template", "_texts", "amounts")

    def __init__(self, offer: Offer, terms: Terms) -> None:
        self.amounts = amounts_of(terms, offer.price, offer.insurance_price)
        self._offer = offer
        self._texts = spelled(terms, self.amounts, offer.table, offer.layout.numbers)
        self._is_used = False
        self._template: Template | None = None

    def filled(self, texts: Mapping[str, str]) -> bytes:
        """The line, with the texts of what differs from line to line."""
        if not self._is_used:  # most are asked for once: a form of their own would not pay
            self._is_used = True
            return self._offer.template.filled({**self._texts, **texts})
        if self._template is None:
            self._template = self._offer.template.narrowed(self._texts)
        return self._template.filled(texts)


priced = lru_cache(maxsize=_REMEMBERED)(Priced)


@dataclass(frozen=True)
class Formulary:
    drugs: dict[str, Offer]
    services: dict[str, Offer]
    """By name: a bed and a day bed share a code."""


@lru_cache(maxsize=64)
def formulary(seed: int, facility: Facility) -> Formulary:
    draw = stream(seed, "prices", facility.facility_id)
    tender = f"{whole(draw, 100, 999)}/QĐ-SYT;G1;N{whole(draw, 1, 4)};2026"
    drugs = {
        drug.code: _drug(drug, whole(draw, 900, 1100), tender, facility)
        for drug in catalogue.ALL_DRUGS
    }
    services = {
        service.name: _service(service, tender, facility) for service in catalogue.ALL_SERVICES
    }
    return Formulary(drugs, services)


def _drug(drug: Drug, per_mille: int, tender: str, facility: Facility) -> Offer:
    layout = facility.vendor.layout
    price = drug.price * per_mille // 1000
    fields = {
        "MA_THUOC": drug.code,
        "MA_NHOM": drug.group,
        "MA_CSKCB_THUOC": "M.92001" if drug.group == "7" else "",
        "TEN_THUOC": escape(drug.name),
        "DON_VI_TINH": drug.unit,
        "HAM_LUONG": escape(drug.strength),
        "DUONG_DUNG": drug.route,
        "DANG_BAO_CHE": drug.unit,
        "SO_DANG_KY": f"VD-{10000 + drug.price % 89999}-22",
        "TT_THAU": "" if drug.group == "7" else tender,
        "DON_GIA": quantity(price, layout.numbers),
        "NGUON_CTRA": "1",
    }
    return Offer("XML2", fields, _OF_DRUGS, layout, price, price, drug.rate, drug.is_fractional)


def _service(service: Service, tender: str, facility: Facility) -> Offer:
    layout = facility.vendor.layout
    is_device = service.group == "10"
    price = service.price + service.markup
    fields = {
        "MA_VAT_TU" if is_device else "MA_DICH_VU": service.code,
        "TEN_VAT_TU" if is_device else "TEN_DICH_VU": escape(service.name),
        "MA_PTTT_QT": service.procedure,
        "MA_NHOM": service.group,
        "GOI_VTYT": service.package,
        "T_TRANTT": str(PACKAGE_CEILING) if service.package else "",
        "MA_XANG_DAU": "R954V1" if service.group == "12" else "",
        "DON_VI_TINH": service.unit,
        "DON_GIA_BV": quantity(price, layout.numbers),
        "DON_GIA_BH": quantity(service.price, layout.numbers),
        "TT_THAU": tender if is_device else "",
        "PP_VO_CAM": "1" if service.group == "8" else "",
        "MA_MAY": f"{service.machine}.1.{facility.facility_id}.1" if service.machine else "",
    }
    differing: tuple[str, ...] = _OF_SERVICES
    if service.group in PERFORMED:
        differing = _OF_PERFORMED
    elif service.group in BEDS:
        differing = _OF_BEDS
    indicators = tuple((each, _result(each, service, layout)) for each in service.indicators)
    return Offer(
        "XML3", fields, differing, layout, price, service.price, service.rate,
        indicators=indicators,
    )  # fmt: skip


def _result(indicator: Indicator, service: Service, layout: Layout) -> Form:
    """Form of a row of XML4: measured, or described."""
    constants = {
        "MA_DICH_VU": service.code,
        "MA_CHI_SO": indicator.code,
        "TEN_CHI_SO": escape(indicator.name),
        "DON_VI_DO": indicator.unit,
    }
    what = ("GIA_TRI",) if indicator.high else ("MO_TA", "KET_LUAN")
    differing = ("MA_LK", "STT", "NGAY_KQ", "MA_BS_DOC_KQ", *what)
    return Form("XML4", layout, constants, differing)
