"""The claim tables as the standard lists them.

Facts: QĐ 130/QĐ-BYT as re-issued by QĐ 4750/QĐ-BYT (fields, types, sizes: confidence H, checked
against the insurer's portal sheet and letter 1245/BHXH-CNTT); `size` is the larger of decree and
portal, blank = unlimited; `required` is the portal sheet's flag of 2024 (confidence M).
`personal` marks what must never leave raw and the vault: names, ids, cards, phones, addresses,
free text.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Field:
    name: str
    type: str
    size: int | None
    required: str
    is_personal: bool
    meaning: str

    @property
    def column(self) -> str:
        return self.name.lower()


@dataclass(frozen=True)
class Table:
    """One table of the standard that is parsed into columns."""

    name: str
    root: str
    row: str
    fields: tuple[Field, ...]

    @property
    def raw_table(self) -> str:
        return f"claims_{self.name.lower()}"

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
                    meaning=line["meaning"],
                )
            )
    return {name: tuple(found) for name, found in fields.items()}


_FIELDS = _read()

TABLES: dict[str, Table] = {
    "XML1": Table("XML1", "TONG_HOP", "TONG_HOP", _FIELDS["XML1"]),
    "XML2": Table("XML2", "CHITIEU_CHITIET_THUOC", "CHI_TIET_THUOC", _FIELDS["XML2"]),
    "XML3": Table("XML3", "CHITIEU_CHITIET_DVKT_VTYT", "CHI_TIET_DVKT", _FIELDS["XML3"]),
}
