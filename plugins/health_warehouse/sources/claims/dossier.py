"""What the parser makes of one HOSO."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

Row = list[str | None]
"""Values in the order of `schema.TABLES[…].fields`, then `_extra` (JSON text or None).

None = the element is absent; '' = it is there and empty. An empty list stands for a blank row: it
keeps the numbers of the lines behind it as the sender has them.
"""


COST_TABLES = ("XML2", "XML3")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a dossier cannot be taken, or a remark. `reason` holds no value of a patient."""

    rule_id: str
    reason: str
    table_name: str | None = None
    line: int | None = None
    field: str | None = None


@dataclass(frozen=True, slots=True)
class KeptPart:
    """A FILEHOSO that is kept as text. `part` counts from 1 inside the HOSO.

    `ma_lk_values`: distinct MA_LK inside, without surrounding white space, sorted.
    """

    part: int
    table_name: str
    content: str
    ma_lk_values: tuple[str, ...] = ()


@dataclass(slots=True)
class Dossier:
    """One HOSO. `position` counts from 1 in the file. Not empty `problems`: to be quarantined.

    `tables`: the rows of XML2 to XML15 by name of the table, those that were not made left out;
    `blanks`: how many of their rows are blank, and `blank_ids` the MA_LK of these; `part_count`:
    its FILEHOSO elements. `remarks`: what is worth a record and keeps nothing out.
    `dossier_id` is MA_LK in its canonical form, `sent_id` as the sender wrote it.
    `hinted_id`: where XML1 cannot tell the id, the MA_LK that all other tables name. It helps a
    person to find the dossier and identifies nothing.
    """

    position: int
    dossier_id: str = ""
    sent_id: str = ""
    hinted_id: str = ""
    is_withdrawal: bool = False
    xml1: Row | None = None
    tables: dict[str, list[Row]] = field(default_factory=dict)
    others: list[KeptPart] = field(default_factory=list)
    unreadable: list[KeptPart] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)
    blanks: Counter[str] = field(default_factory=Counter)
    blank_ids: set[str] = field(default_factory=set)
    part_count: int = 0

    @property
    def line_count(self) -> int:
        """Cost lines: the rows of XML2 and XML3 that are not blank."""
        return sum(sum(map(bool, self.tables.get(name, ()))) for name in COST_TABLES)


@dataclass(slots=True)
class Envelope:
    """What GIAMDINHHS says of itself; complete when the file has been read to its end.

    `declared_date` is NGAYLAP when it is a day (yyyymmdd); when it is something else,
    `has_impossible_date`. `declared_count` is SOLUONGHOSO. `is_signed`: whether the file has a
    Signature of XML-DSig; nobody verifies it. `remarks` are reasons for a record (F09).
    """

    facility_id: str = ""
    declared_date: str | None = None
    declared_count: int | None = None
    has_impossible_date: bool = False
    is_signed: bool = False
    remarks: list[str] = field(default_factory=list)
