"""The short code lists: of the claim standard (code_lists.csv), of feeds (feed_code_lists.csv).

Each row carries its source, its confidence and the days in which it holds (the last is the day
after). Confidence: H official text, M one good secondary source, L weak, std usual practice, own
our own choice where no official list was found. A code whose last day is not known stays open:
better no finding than a false one.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PATH = Path(__file__).with_name("code_lists.csv")
OF_FEEDS = Path(__file__).with_name("feed_code_lists.csv")


class Entry(NamedTuple):
    """One row of ref.code_lists. `attributes`: what else is known of it, as `name=value;…`."""

    code_system: str
    code: str
    title_vi: str
    title_en: str
    valid_from: str
    valid_to: str | None
    source: str
    confidence: str
    attributes: str = ""


def entries() -> Iterator[Entry]:
    """Every row of the files, in their order."""
    for path in (PATH, OF_FEEDS):
        with path.open(encoding="utf-8", newline="") as file:
            for line in csv.DictReader(file):
                valid_to = line.pop("valid_to") or None
                yield Entry(**line, valid_to=valid_to)
