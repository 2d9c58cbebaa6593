"""Numbers as text, by the locale of who wrote them: `1.234,5` (vi) or `1,234.5` (en).

Read is what has one meaning in the locale. A column in which a value has none, but would have one
in the other locale, is not read at all, rather than a thousand times too large.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

Locale = Literal["", "vi", "en"]
"""'': nobody said; then only what means the same in both, or has one meaning, is read."""

_PLAIN = re.compile(r"[+-]?[0-9]+", re.ASCII)
_SPACES = str.maketrans("", "", " \u00a0\u202f\u2009'")
_SIGNS = str.maketrans("−–", "--")
_FORMS = {
    "vi": re.compile(r"([+-]?)([1-9][0-9]{0,2}(?:\.[0-9]{3})+|[0-9]+)(?:,([0-9]+))?", re.ASCII),
    "en": re.compile(r"([+-]?)([1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]+))?", re.ASCII),
}
_GROUPS = {"vi": ".", "en": ","}
# One group, which may also be three decimals: 58.600
_EITHER = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}", re.ASCII)
CELLS_NAMED = 5


@dataclass(slots=True)
class NumberColumn:
    """Reads the numbers of one column, and remembers what speaks against its locale.

    `column`: how people name it; with the row behind it names a cell.
    """

    column: str
    locale: Locale = ""
    against: list[str] = field(default_factory=list)
    either: list[str] = field(default_factory=list)
    only: dict[str, list[str]] = field(default_factory=dict)
    grouped: bool = False

    def read(self, written: str, row: int) -> str:
        """The number as digits with a point; what is none as it was written."""
        text = written.translate(_SPACES).translate(_SIGNS)
        if _PLAIN.fullmatch(text):
            return text
        readings = {name: _reading(text, name) for name in _FORMS}
        known = {name for name, reading in readings.items() if reading is not None}
        if not known:
            return written
        self._note(text, known, f"{self.column}{row}")
        return readings[self.locale or sorted(known)[0]] or written

    def _note(self, text: str, known: set[str], place: str) -> None:
        if _EITHER.fullmatch(text):
            if not self.locale or _GROUPS[self.locale] in text:
                _keep(self.either, place)
            return
        if self.locale and self.locale not in known:
            _keep(self.against, place)
        for name in known:
            if len(known) == 1:
                _keep(self.only.setdefault(name, []), place)
                self.grouped = self.grouped or _is_grouped(text, name)

    def contradiction(self) -> str | None:
        """Why the column cannot be read under one locale throughout, with cells; None: it can."""
        if self.against:
            return (
                f"{', '.join(self.against)} cannot be read as numbers of the locale {self.locale} "
                f"({_example(self.locale)}): if it is another one, say the `locale` of this sender "
                "in the contract"
            )
        if len(self.only) > 1:
            cells = ", ".join(one for cells in self.only.values() for one in cells[:2])
            return f"{cells} are numbers of different locales (1.234,5 and 1,234.5)"
        if self.either and not self.locale:
            return (
                f"{', '.join(self.either)} can be read in two ways (58.600 is fifty-eight or fifty-"
                "eight thousand): say the `locale` of the sender in the contract"
            )
        return self._mixed()

    def _mixed(self) -> str | None:
        """`58.600` beside `1,5`: nothing shows that the first is grouped."""
        if self.either and self.only and not self.grouped:
            ones = [cells[0] for cells in self.only.values()]
            return (
                f"{', '.join(self.either)} may be decimals or thousands, beside "
                f"{', '.join(ones)}: write numbers without signs between thousands"
            )
        return None


def _reading(text: str, locale: str) -> str | None:
    found = _FORMS[locale].fullmatch(text)
    if found is None:
        return None
    sign, whole, part = found.groups()
    digits = whole.replace(".", "").replace(",", "")
    return f"{sign.replace('+', '')}{digits}" + (f".{part}" if part else "")


def _is_grouped(text: str, locale: str) -> bool:
    found = _FORMS[locale].fullmatch(text)
    return found is not None and not found[2].isdigit()


def _example(locale: str) -> str:
    return {"vi": "1.234,5", "en": "1,234.5"}.get(locale, "")


def _keep(cells: list[str], place: str) -> None:
    if len(cells) < CELLS_NAMED:
        cells.append(place)
