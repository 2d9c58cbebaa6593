"""Text in NFC, within bounds."""

from __future__ import annotations

import re
from unicodedata import combining, is_normalized, normalize

# Putting n combining marks into order takes n² steps: 4 million hang for hours. Unicode's own bound
# for text that is to be normalised in a stream is 30 (UAX #15, Stream-Safe Text Format).
_MARKS = "".join(chr(code) for code in range(0x300, 0x1E950) if combining(chr(code)))
_PILE_OF_MARKS = re.compile(f"[{_MARKS}]{{31}}")
# The same and more, seven times faster: a class of letters beyond U+FFFF is searched one by one.
_MAY_BE_PILE = re.compile(
    f"[{''.join(mark for mark in _MARKS if ord(mark) <= 0xFFFF)}\U000101fd-\U0001e94a]{{31}}"
)


class PileOfMarks(Exception):
    """More than 30 combining marks in a row, in the value at `place`."""

    def __init__(self, place: int) -> None:
        super().__init__("more than 30 combining marks in a row")
        self.place = place


def composed(values: list[str]) -> list[str]:
    """The values in NFC. A text in NFC has only parts in NFC, so one look at all tells of each.

    Raises PileOfMarks.
    """
    together = "".join(values)
    if together.isascii() or is_normalized("NFC", together):
        return values
    if _MAY_BE_PILE.search(together) and _PILE_OF_MARKS.search(together):
        raise PileOfMarks(next((n for n, v in enumerate(values) if _PILE_OF_MARKS.search(v)), 0))
    return [normalize("NFC", value) for value in values]
