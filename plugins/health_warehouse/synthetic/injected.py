"""What was broken, and where: the rows of labels.csv."""

from __future__ import annotations

import csv
from io import StringIO
from typing import IO, NamedTuple

LABELS = "labels.csv"


class Label(NamedTuple):
    """One injected defect: a row of labels.csv."""

    file: str
    facility: str
    dossier: str
    """MA_LK; blank when the whole file is meant."""
    position: str
    """Place of the HOSO in the file, from 1."""
    table: str
    line: str
    """STT of the line."""
    field: str
    other: str
    """`<facility>/<MA_LK>` of the second dossier of a defect that takes two."""
    kind: str
    expected_rule: str
    """Id in the standard's catalogue of rules (notes §3.3); several by `;`: one is enough."""
    expected_severity: str
    """E: the dossier (or file) is rejected; W: flagged; I: recorded; E/W: it has both."""


class LabelFile:
    """Writes labels as they come, below the names of their columns."""

    def __init__(self, binary: IO[bytes]) -> None:
        self._binary = binary
        self._write(Label._fields)

    def add(self, label: Label) -> None:
        self._write(label)

    def _write(self, row: tuple[str, ...]) -> None:
        text = StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerow(row)
        self._binary.write(text.getvalue().encode())
