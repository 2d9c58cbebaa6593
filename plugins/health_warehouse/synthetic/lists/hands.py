"""How people write a list: tidily, or as lists really look.

All of them must still be read rightly. None of this is a defect: what a cell means can be seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Days = Literal["yyyymmdd", "dd/mm/yyyy", "yyyy-mm-dd", "cells", "serials"]
"""Texts; cells of Excel that are days; or the bare numbers behind them."""
Labels = Literal["first", "last", "both", "shouted", "broken"]
"""Which label of a column: its first, its last, `A – B`, capitals without accents, two lines."""


@dataclass(frozen=True)
class Hand:
    name: str
    form: Literal["xlsx", "csv"] = "xlsx"
    labels: Labels = "first"
    days: Days = "yyyymmdd"
    flags: tuple[str, str] = ("1", "0")
    """Yes and no."""
    has_title: bool = False
    """Rows above the header: who, what, as of when; merged over the width."""
    has_groups: bool = False
    """A merged row of headings right above the header."""
    has_footer: bool = False
    """A row of totals, and who signed."""
    hides_rows: bool = False
    """A filter is on: some rows are hidden, and count."""
    has_other_sheets: bool = False
    """A hidden sheet with rows of a former year."""
    has_blank_rows: bool = False
    codes_are_numbers: bool = False
    """Codes of digits alone are numbers; those that begin with 0 stay texts."""
    loses_zeros: bool = False
    """… and those that begin with 0 have lost it."""
    numbers_are_texts: bool = False
    groups_thousands: bool = False
    """Numbers that are texts have a sign between thousands."""
    pads: bool = False
    """Blanks around texts, also ones that do not break."""
    is_numbered: bool = False
    """A first column STT."""
    skips_blank_columns: bool = False
    """Columns that nobody filled in are not there."""
    encoding: str = "utf-8"
    delimiter: str = ";"


TIDY = Hand("tidy")
HANDS = (
    TIDY,
    Hand("form with title and signatures", labels="both", days="cells", has_title=True,
         has_groups=True, has_footer=True, is_numbered=True),
    Hand("filtered", days="dd/mm/yyyy", hides_rows=True, has_other_sheets=True,
         flags=("x", "0"), skips_blank_columns=True),
    Hand("old program", form="csv", labels="last", days="dd/mm/yyyy", encoding="cp1258",
         flags=("Có", "Không"), groups_thousands=True),
    Hand("numbers", labels="broken", days="serials", codes_are_numbers=True, has_title=True,
         has_blank_rows=True, skips_blank_columns=True),
    Hand("export", form="csv", days="yyyy-mm-dd", encoding="utf-8-sig", delimiter=",",
         flags=("true", "false")),
    Hand("typed", labels="shouted", days="dd/mm/yyyy", numbers_are_texts=True, pads=True,
         has_footer=True, flags=("có", "không"), groups_thousands=True),
    Hand("text for Excel", form="csv", labels="last", encoding="utf-16", delimiter="\t",
         has_title=True, skips_blank_columns=True),
    # Excel took citizen ids for numbers: they come back by the length that the contract fixes.
    Hand("zeros lost", days="cells", codes_are_numbers=True, loses_zeros=True),
)  # fmt: skip
