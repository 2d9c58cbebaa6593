"""Which column of a sheet is which of the contract, by its label; and what differs.

A label is compared without case, accents and blanks. Where the whole text of a heading is none,
each of its parts is tried: `MA_CSKCB – Mã cơ sở` is called by both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from health_warehouse.feeds.contract import Contract
from health_warehouse.feeds.labels import folded_label, labels_of

LIKELY = 0.7
"""From this on a heading may be a label that somebody wrote otherwise."""

_PARTS = re.compile(r"\s[-–—/|]\s|[–—|:;\n\r()\[\]]")
_SIGNS = re.compile(r"[^\w]|_")
_OF_NO_COLUMN = frozenset({"stt", "tt", "sott", "sothutu", "thutu", "no", "№"})
_SHOWN = 60
_FEWEST_WORDS = 2
_SHARE_OF_WORDS = 0.5
_MOST_COMPARED = 100


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of a contract, folded: each leads to the place of its column."""

    whole: Mapping[str, int]
    without_signs: Mapping[str, int]
    _known: dict[str, tuple[int, int] | None] = field(default_factory=dict)

    @classmethod
    def of(cls, contract: Contract) -> Labels:
        whole: dict[str, int] = {}
        for place, column in enumerate(contract.table.columns):
            for label in labels_of(column):
                whole[folded_label(label)] = place
        for place, column in enumerate(contract.table.columns):
            for label in (column.name, *labels_of(column)):
                for part in _parts(label):
                    whole.setdefault(folded_label(part), place)
        without_signs: dict[str, int] = {}
        for label, place in whole.items():
            without_signs.setdefault(_SIGNS.sub("", label), place)
        without_signs.pop("", None)
        return cls(whole, without_signs)

    def place_of(self, heading: str) -> tuple[int, int] | None:
        """The place of its column, and how sure that is: 3 by the whole text, 1 by a part."""
        if heading not in self._known:
            self._known[heading] = self._found(heading)
        return self._known[heading]

    def _found(self, heading: str) -> tuple[int, int] | None:
        folded = folded_label(heading)
        if folded in self.whole:
            return self.whole[folded], 3
        plain = _SIGNS.sub("", folded)
        if plain in self.without_signs:
            return self.without_signs[plain], 2
        found = {self._by(part) for part in _parts(heading)} - {None}
        return (found.pop() or 0, 1) if len(found) == 1 else None

    def _by(self, part: str) -> int | None:
        return self.without_signs.get(_SIGNS.sub("", folded_label(part)))


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a sheet: its text, and its column from 1."""

    text: str
    column: int

    def __str__(self) -> str:
        text = " ".join(self.text.split())
        return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


@dataclass(frozen=True, slots=True)
class Matched:
    """`places`: column of the sheet → place in the contract. `others`: headings that no label has.
    `twice`: headings of which another one has the place. `missing`: places without a heading."""

    places: Mapping[int, int]
    others: tuple[Heading, ...]
    twice: tuple[tuple[Heading, Heading], ...]
    missing: tuple[int, ...]


def matched(labels: Labels, headings: Iterable[Heading], width: int) -> Matched:
    """The columns of a sheet; `width`: of the contract."""
    best: dict[int, tuple[int, Heading]] = {}
    others: list[Heading] = []
    twice: list[tuple[Heading, Heading]] = []
    for heading in headings:
        found = labels.place_of(heading.text)
        if found is None:
            if not is_number_of_a_row(heading.text):
                others.append(heading)
            continue
        place, sureness = found
        if place not in best:
            best[place] = (sureness, heading)
            continue
        before, other = best[place]
        if before == sureness:
            twice.append((other, heading))
        elif before < sureness:
            best[place] = (sureness, heading)
            others.append(other)
        else:
            others.append(heading)
    places = {heading.column: place for place, (_, heading) in best.items()}
    missing = tuple(place for place in range(width) if place not in best)
    return Matched(places, tuple(others), tuple(twice), missing)


def is_number_of_a_row(heading: str) -> bool:
    """Whether it heads a column that numbers the rows, which says nothing of them."""
    return _SIGNS.sub("", folded_label(heading)) in _OF_NO_COLUMN


def likely(contract: Contract, place: int, headings: Sequence[Heading]) -> Heading | None:
    """The heading that may be a column under another name."""
    labels = labels_of(contract.table.columns[place])
    best, most = None, LIKELY
    for heading in headings[:_MOST_COMPARED]:
        for text in (heading.text, *_parts(heading.text)):
            for label in labels:
                alike = _alike(text, label)
                if alike > most:
                    best, most = heading, alike
    return best


def _alike(heading: str, label: str) -> float:
    """1: the same but for case, accents and blanks; 0: nothing in common."""
    one, other = folded_label(heading), folded_label(label)
    alike = SequenceMatcher(None, one, other).ratio()
    if _contains(one, other):
        return max(alike, 0.8)
    words, others = _words(heading), _words(label)
    shared = len(words & others)
    if shared >= _FEWEST_WORDS and shared >= _SHARE_OF_WORDS * max(len(words), len(others)):
        return max(alike, 0.75)
    return alike


def _words(label: str) -> set[str]:
    return {folded_label(word) for word in re.findall(r"\w+", label)}


def _contains(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) >= 4 and short in long


def _parts(label: str) -> list[str]:
    parts = [part.strip() for part in _PARTS.split(label)]
    return [part for part in parts if part and part != label]
