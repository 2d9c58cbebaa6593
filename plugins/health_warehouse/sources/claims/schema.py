"""The claim tables as the standard lists them.

Facts: QĐ 130/QĐ-BYT as re-issued by QĐ 4750/QĐ-BYT (fields, types, sizes: confidence H, checked
against the insurer's portal sheet and letter 1245/BHXH-CNTT); `size` is the larger of decree and
portal, blank = unlimited; `required` is the portal sheet's flag of 2024 (confidence M). XML13 has
the names of both QĐ 4750 and QĐ 3176 (the latter M: three implementations agree).
`personal` marks what must never leave raw and the vault: names, ids, cards, phones, addresses,
free text.
`event` marks what makes a row of its table an event: `any` value, or a number other than zero
(`nonzero`; software writes 0 where nothing was entered). A row with none of these says only whom,
where and by whom: it is blank (own definition after rows of real exporters, confidence M). In XML7
MA_LK does: a dossier that owes a discharge paper (X01) has one, however little the paper says.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

Event = Literal["", "any", "nonzero"]


@dataclass(frozen=True)
class Field:
    name: str
    type: str
    size: int | None
    required: str
    is_personal: bool
    event: Event
    meaning: str

    @property
    def column(self) -> str:
        return self.name.lower()


@dataclass(frozen=True)
class Table:
    """One table of the standard that is parsed into columns. A line is one `row` element."""

    name: str
    root: str
    row: str
    fields: tuple[Field, ...]

    @property
    def raw_table(self) -> str:
        return "check_ins" if self.name == "XML0" else f"claims_{self.name.lower()}"

    @property
    def has_lines(self) -> bool:
        return self.root != self.row


def _read() -> dict[str, tuple[Field, ...]]:
    fields: dict[str, list[Field]] = {}
    path = Path(__file__).with_name("fields.csv")
    with path.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            fields.setdefault(line["table"], []).append(
                Field(
                    name=line["field"],
                    type=line["type"],
                    size=int(line["size"]) if line["size"] else None,
                    required=line["required"],
                    is_personal=line["personal"] == "yes",
                    event=cast(Event, line["event"]),
                    meaning=line["meaning"],
                )
            )
    return {name: tuple(found) for name, found in fields.items()}


_FIELDS = _read()

# Roots and rows as the annexes of QĐ 4750/QĐ-BYT name them (confidence H). A table whose root is
# its row has one row and no list.
_ELEMENTS: dict[str, tuple[str, str]] = {
    "XML1": ("TONG_HOP", "TONG_HOP"),
    "XML2": ("CHITIEU_CHITIET_THUOC", "CHI_TIET_THUOC"),
    "XML3": ("CHITIEU_CHITIET_DVKT_VTYT", "CHI_TIET_DVKT"),
    "XML4": ("CHITIEU_CHITIET_DICHVUCANLAMSANG", "CHI_TIET_CLS"),
    "XML5": ("CHITIEU_CHITIET_DIENBIENLAMSANG", "CHI_TIET_DIEN_BIEN_BENH"),
    "XML6": (
        "CHI_TIEU_HO_SO_BENH_AN_CHAM_SOC_VA_DIEU_TRI_HIV_AIDS",
        "HO_SO_BENH_AN_CHAM_SOC_VA_DIEU_TRI_HIV_AIDS",
    ),
    "XML7": ("CHI_TIEU_DU_LIEU_GIAY_RA_VIEN", "CHI_TIEU_DU_LIEU_GIAY_RA_VIEN"),
    "XML8": ("CHI_TIEU_DU_LIEU_TOM_TAT_HO_SO_BENH_AN", "CHI_TIEU_DU_LIEU_TOM_TAT_HO_SO_BENH_AN"),
    "XML9": ("CHI_TIEU_DU_LIEU_GIAY_CHUNG_SINH", "DU_LIEU_GIAY_CHUNG_SINH"),
    "XML10": ("CHI_TIEU_DU_LIEU_GIAY_NGHI_DUONG_THAI", "CHI_TIEU_DU_LIEU_GIAY_NGHI_DUONG_THAI"),
    "XML11": (
        "CHI_TIEU_DU_LIEU_GIAY_CHUNG_NHAN_NGHI_VIEC_HUONG_BAO_HIEM_XA_HOI",
        "CHI_TIEU_DU_LIEU_GIAY_CHUNG_NHAN_NGHI_VIEC_HUONG_BAO_HIEM_XA_HOI",
    ),
    "XML13": ("CHI_TIEU_GIAYCHUYENTUYEN", "CHI_TIEU_GIAYCHUYENTUYEN"),
    "XML14": ("CHI_TIEU_GIAYHEN_KHAMLAI", "CHI_TIEU_GIAYHEN_KHAMLAI"),
    "XML15": ("CHI_TIEU_DIEUTRI_BENHLAO", "CHITIET_DIEUTRI_BENHLAO"),
}

TABLES: dict[str, Table] = {
    name: Table(name, root, row, _FIELDS[name]) for name, (root, row) in _ELEMENTS.items()
}
"""What a HOSO may hold and raw has columns for. XML12 is never sent by facilities: it, XML16 and
whatever else turns up are kept as sent."""

CHECK_INS = Table("XML0", "CHI_TIEU_TRANG_THAI_KCB", "TRANG_THAI_KCB", _FIELDS["XML0"])
"""Check-ins come in files of their own, without the envelope of the claims."""

REPEATABLE = frozenset({"XML7", "XML9"})
"""One per child when twins are born: several of them in a dossier are several papers."""
