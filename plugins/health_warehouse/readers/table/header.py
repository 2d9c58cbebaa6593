"""Where the headings of a sheet stand: in one to three rows, below titles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from health_warehouse.errors import FileUnreadable
from health_warehouse.readers.table.cells import Merged, Number, SheetRow, shown_text
from health_warehouse.readers.table.matching import Heading, Labels, Matched, matched

ROWS_LOOKED_AT = 60
MOST_HEADINGS = 4000
_MOST_ROWS = 3


@dataclass(frozen=True, slots=True)
class Header:
    """`first` and `last`: places of its rows among those looked at."""

    first: int
    last: int
    matched: Matched
    headings: tuple[Heading, ...]


def find_header(
    rows: Sequence[SheetRow], merged: Sequence[Merged], labels: Labels, width: int
) -> Header | None:
    """The first rows with the most columns of the contract. None: none has two of them, or the one
    that a narrow contract has."""
    least = 2 if width > 1 else 1
    across = [_across(row, merged) for row in rows[: ROWS_LOOKED_AT + _MOST_ROWS]]
    best: Header | None = None
    most = (0, 0)
    for first in range(min(len(rows), ROWS_LOOKED_AT)):
        for last in range(first, min(first + _MOST_ROWS, len(across))):
            if last > first and not _goes_on(rows[last]):
                break
            headings = _headings(across[first : last + 1])
            found = matched(labels, headings, width)
            score = (len(found.places), first - last)
            if score[0] >= least and score > most:
                best, most = Header(first, last, found, headings), score
    return best


def is_numbering(row: SheetRow) -> bool:
    """`(1) (2) (3)` or `A B 1 2 3` below the headings, by which forms name their columns."""
    texts = [shown_text(one).strip("()[] ") for one in row.cells if shown_text(one)]
    if len(texts) < 3 or not all(len(text) <= 2 for text in texts):
        return False
    digits = [int(text) for text in texts if text.isdecimal()]
    letters = [text for text in texts if text.isalpha()]
    if len(digits) + len(letters) != len(texts) or len(digits) < 2:
        return False
    return digits == list(range(digits[0], digits[0] + len(digits))) and digits[0] <= 2


def _goes_on(row: SheetRow) -> bool:
    """A further row of headings has no number in it, and is none that names columns by numbers."""
    return not any(isinstance(one, Number) for one in row.cells) and not is_numbering(row)


def _headings(rows: Sequence[dict[int, str]]) -> tuple[Heading, ...]:
    """Of every column its texts from above, each once."""
    found: dict[int, list[str]] = {}
    for row in rows:
        for column, text in row.items():
            found.setdefault(column, []).append(text)
    return tuple(
        Heading(" – ".join(dict.fromkeys(found[column])), column) for column in sorted(found)
    )


def _across(row: SheetRow, merged: Sequence[Merged]) -> dict[int, str]:
    """Texts by column; that of a merged range stands above all of its columns."""
    texts = {at: shown_text(one) for at, one in enumerate(row.cells, 1) if shown_text(one)}
    if len(texts) > MOST_HEADINGS:
        raise FileUnreadable("F01", f"row {row.number} has more than {MOST_HEADINGS} texts")
    for one in merged:
        if one.first_row == row.number and one.first_column in texts:
            for column in range(one.first_column + 1, one.last_column + 1):
                if len(texts) > MOST_HEADINGS:
                    break
                texts.setdefault(column, texts[one.first_column])
    return texts
