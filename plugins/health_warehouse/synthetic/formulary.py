"""The catalogue as one facility uses it: its own tendered prices, ready-made line fields.

Everything that does not change from line to line is filled in once, so that writing a line is
copying a dict.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from xml.sax.saxutils import escape

from health_warehouse.synthetic import catalogue
from health_warehouse.synthetic.catalogue import Drug, Service
from health_warehouse.synthetic.lines import OTHER_SOURCES, thousandths
from health_warehouse.synthetic.province import Facility
from health_warehouse.synthetic.streams import stream, whole
from health_warehouse.synthetic.tables import blank

_NO_OTHER_SOURCE = dict.fromkeys(OTHER_SOURCES, "0")


class Offer(NamedTuple):
    """A drug or service with this facility's price."""

    fields: dict[str, str]
    price: int
    """What the hospital asks, thousandths of a đồng."""
    insurance_price: int
    rate: int
    is_fractional: bool = False


@dataclass(frozen=True)
class Formulary:
    drugs: dict[str, Offer]
    services: dict[str, Offer]
    """By name: a bed and a day bed share a code."""


@lru_cache(maxsize=64)
def formulary(seed: int, facility: Facility) -> Formulary:
    draw = stream(seed, "prices", facility.facility_id)
    tender = f"{whole(draw, 100, 999)}/QĐ-SYT;G1;N{whole(draw, 1, 4)};2026"
    drugs = {drug.code: _drug(drug, whole(draw, 900, 1100), tender) for drug in catalogue.DRUGS}
    others = (
        catalogue.EXAM,
        *catalogue.LABORATORY,
        *catalogue.IMAGING,
        *catalogue.FUNCTIONAL,
        *catalogue.PROCEDURES,
        *catalogue.SURGERY,
        *catalogue.BEDS.values(),
        *catalogue.DEVICES,
        catalogue.TRANSPORT,
        catalogue.FEES,
    )
    return Formulary(drugs, {service.name: _service(service, tender) for service in others})


def _drug(drug: Drug, per_mille: int, tender: str) -> Offer:
    fields = blank("XML2") | _NO_OTHER_SOURCE
    fields.update(
        MA_THUOC=drug.code,
        MA_NHOM=drug.group,
        TEN_THUOC=escape(drug.name),
        DON_VI_TINH=drug.unit,
        HAM_LUONG=escape(drug.strength),
        DUONG_DUNG=drug.route,
        DANG_BAO_CHE=drug.unit,
        SO_DANG_KY=f"VD-{10000 + drug.price % 89999}-22",
        TT_THAU="" if drug.group == "7" else tender,
        PHAM_VI="1",
        TYLE_TT_BH=str(drug.rate),
        NGUON_CTRA="1",
        MA_PTTT="1",
    )
    price = drug.price * per_mille // 1000
    fields["DON_GIA"] = thousandths(price)
    return Offer(fields, price, price, drug.rate, drug.is_fractional)


def _service(service: Service, tender: str) -> Offer:
    fields = blank("XML3") | _NO_OTHER_SOURCE
    is_device = service.group == "10"
    fields.update(
        {
            "MA_VAT_TU" if is_device else "MA_DICH_VU": service.code,
            "TEN_VAT_TU" if is_device else "TEN_DICH_VU": escape(service.name),
        },
        MA_NHOM=service.group,
        MA_XANG_DAU="R954V1" if service.group == "12" else "",
        DON_VI_TINH=service.unit,
        PHAM_VI="1",
        TT_THAU=tender if is_device else "",
        TYLE_TT_DV="100",
        TYLE_TT_BH=str(service.rate),
        PP_VO_CAM="1" if service.group == "8" else "",
        MA_MAY="HH.1.96001.1" if service.group in ("1", "2", "3") else "",
        MA_PTTT="1",
    )
    price = service.price + service.markup
    fields["DON_GIA_BV"] = thousandths(price)
    fields["DON_GIA_BH"] = thousandths(service.price)
    return Offer(fields, price, service.price, service.rate)
