"""The short code lists of the claim standard, from the reviewed file code_lists.csv.

Each row carries its source, its confidence (H official text, M one good secondary source, L weak)
and the days in which it holds. A code whose last day is not known stays open: better no finding
than a false one.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PATH = Path(__file__).with_name("code_lists.csv")


class Entry(NamedTuple):
    """One row of ref.code_lists."""

    code_system: str
    code: str
    title_vi: str
    title_en: str
    valid_from: str
    valid_to: str | None
    source: str
    confidence: str


def entries() -> Iterator[Entry]:
    """Every row of the file, in its order."""
    with PATH.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            valid_to = line.pop("valid_to") or None
            yield Entry(**line, valid_to=valid_to)
