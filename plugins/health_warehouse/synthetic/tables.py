"""The XML of the tables, from rows of ready text.

One template per table, layout and set of empty elements. Texts must be escaped already, in NFC.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from health_warehouse.synthetic.layouts import Empties, Layout
from health_warehouse.synthetic.letters import encoding
from health_warehouse.synthetic.templates import Gap, Template

FIELDS_CSV = Path(__file__).parents[1] / "sources" / "claims" / "fields.csv"
_PAYERS = ("T_BNTT", "T_BNCCT", "T_BHTT")
_REFERRAL_NAMES = {
    "MA_NOI_DI": "MA_CSKCB_DI",
    "MA_NOI_DEN": "MA_CSKCB_DEN",
    "PP_DIEU_TRI": "TINH_TRANG_CT",
}
"""XML13: name in QĐ 4750 to name in QĐ 3176, which also dropped the two below."""
_REFERRAL_DROPPED = ("TEN_DICH_VU", "TEN_THUOC")
# Root, list and row of each table (standard §1.1); without a list the root is the row.
_ELEMENTS: dict[str, tuple[str, ...]] = {
    "XML0": ("CHI_TIEU_TRANG_THAI_KCB", "DSACH_TRANG_THAI_KCB", "TRANG_THAI_KCB"),
    "XML1": ("TONG_HOP",),
    "XML2": ("CHITIEU_CHITIET_THUOC", "DSACH_CHI_TIET_THUOC", "CHI_TIET_THUOC"),
    "XML3": ("CHITIEU_CHITIET_DVKT_VTYT", "DSACH_CHI_TIET_DVKT", "CHI_TIET_DVKT"),
    "XML4": ("CHITIEU_CHITIET_DICHVUCANLAMSANG", "DSACH_CHI_TIET_CLS", "CHI_TIET_CLS"),
    "XML5": (
        "CHITIEU_CHITIET_DIENBIENLAMSANG",
        "DSACH_CHI_TIET_DIEN_BIEN_BENH",
        "CHI_TIET_DIEN_BIEN_BENH",
    ),
    "XML6": (
        "CHI_TIEU_HO_SO_BENH_AN_CHAM_SOC_VA_DIEU_TRI_HIV_AIDS",
        "DSACH_HO_SO_BENH_AN_CHAM_SOC_VA_DIEU_TRI_HIV_AIDS",
        "HO_SO_BENH_AN_CHAM_SOC_VA_DIEU_TRI_HIV_AIDS",
    ),
    "XML7": ("CHI_TIEU_DU_LIEU_GIAY_RA_VIEN",),
    "XML8": ("CHI_TIEU_DU_LIEU_TOM_TAT_HO_SO_BENH_AN",),
    "XML9": ("CHI_TIEU_DU_LIEU_GIAY_CHUNG_SINH", "DSACH_GIAYCHUNGSINH", "DU_LIEU_GIAY_CHUNG_SINH"),
    "XML10": ("CHI_TIEU_DU_LIEU_GIAY_NGHI_DUONG_THAI",),
    "XML11": ("CHI_TIEU_DU_LIEU_GIAY_CHUNG_NHAN_NGHI_VIEC_HUONG_BAO_HIEM_XA_HOI",),
    "XML13": ("CHI_TIEU_GIAYCHUYENTUYEN",),
    "XML14": ("CHI_TIEU_GIAYHEN_KHAMLAI",),
    "XML15": (
        "CHI_TIEU_DIEUTRI_BENHLAO",
        "DSACH_CHITIET_DIEUTRI_BENHLAO",
        "CHITIET_DIEUTRI_BENHLAO",
    ),
}
_EMPTY: dict[Empties, str] = {
    "pair": "<{0}></{0}>",
    "self-closed": "<{0}/>",
    "absent": "",
    "nil": '<{0} xsi:nil="true"/>',
}
_XSI = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


@cache
def field_names(table: str) -> tuple[str, ...]:
    """Elements of a table in the order of QĐ 4750."""
    with FIELDS_CSV.open(encoding="utf-8", newline="") as file:
        names = tuple(row["field"] for row in csv.DictReader(file) if row["table"] == table)
    if table == "XML13":  # the list also has the three names of QĐ 3176, at its end
        return tuple(name for name in names if name not in _REFERRAL_NAMES.values())
    return names


@cache
def spelled_names(table: str, layout: Layout) -> tuple[tuple[str, str], ...]:
    """(element as written, field that it holds), in the order in which it is written."""
    names = list(field_names(table))
    if layout.swaps_payers and "T_BHTT" in names:
        places = iter(sorted(names.index(name) for name in _PAYERS))
        for name in reversed(_PAYERS):
            names[next(places)] = name
    if table == "XML13" and not layout.is_old_referral:
        names = [name for name in names if name not in _REFERRAL_DROPPED]
        return tuple((_REFERRAL_NAMES.get(name, name), name) for name in names)
    return tuple((name, name) for name in names)


@cache
def blank(table: str) -> dict[str, str]:
    """Every element of the table, empty. Shared: copy it."""
    return dict.fromkeys(field_names(table), "")


def row_template(
    table: str, layout: Layout, constants: Mapping[str, str], empty: Iterable[str] = ()
) -> Template:
    """`<ROW><A>…</A>…</ROW>` with the `constants` written in and a gap for every other field.

    Fields that are `empty`, and constants that are blank, take the layout's shape of nothing.
    """
    nothing = set(empty)
    elements = _ELEMENTS[table]
    # Where the row is also the root, the prefix xsi must be declared on it.
    attributes = _XSI if layout.empties == "nil" and len(elements) == 1 else ""
    parts: list[str | Gap] = [f"<{elements[-1]}{attributes}>"]
    for element, field in spelled_names(table, layout):
        text = constants.get(field)
        if field in nothing or text == "":
            parts.append(_EMPTY[layout.empties].format(element))
        else:
            parts += (f"<{element}>", Gap(field) if text is None else text, f"</{element}>")
    return Template.of([*parts, f"</{elements[-1]}>"], encoding(layout.letters))


@cache
def _row_template(table: str, layout: Layout, empty: tuple[str, ...]) -> Template:
    return row_template(table, layout, {}, empty)


def row(table: str, values: Mapping[str, str], layout: Layout) -> bytes:
    """One row; `values` has every field of the table, in its order, and no other."""
    if layout.empties == "pair":
        return _row_template(table, layout, ()).filled(values)
    empty = tuple([name for name, text in values.items() if not text])
    return _row_template(table, layout, empty).filled(values)


def document(table: str, rows: Iterable[bytes], layout: Layout) -> bytes:
    """The table around its rows; a table without a list is its row."""
    before, after = _frame(table, layout)
    return b"".join((before, *rows, after))


@cache
def _frame(table: str, layout: Layout) -> tuple[bytes, bytes]:
    """What stands before and after the rows."""
    if not has_list(table):
        return b"", b""
    root, group, _ = _ELEMENTS[table]
    attributes = _XSI if layout.empties == "nil" else ""
    return f"<{root}{attributes}><{group}>".encode(), f"</{group}></{root}>".encode()


def has_list(table: str) -> bool:
    return len(_ELEMENTS[table]) == 3
