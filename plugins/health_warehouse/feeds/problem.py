"""What is wrong in a contract, where it stands, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

_LONGEST = 40
_FEW = 12


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """`line` counts from 1. Contracts are written by whoever runs the warehouse, so `message` may
    quote them."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


def write_one_of(written: str, known: Iterable[object]) -> str:
    """What to write instead of a word that is none of those that are known."""
    words = [str(one) for one in known]
    folded = {word.lower(): word for word in words}
    close = [folded[one] for one in get_close_matches(written.lower(), folded, 1)]
    if len(words) <= _FEW:
        listed = ", ".join(words)
        return f"write {close[0]} (of {listed})" if close else f"write one of {listed}"
    if close:
        return f"write {close[0]}"
    return f"write one of {', '.join(words[:_FEW])} and {len(words) - _FEW} more"


def shown(value: object) -> str:
    """A value of a contract as a message quotes it: short, on one line."""
    text = value if isinstance(value, str) else repr(value)
    text = "".join(one if one.isprintable() else " " for one in text)
    return f"'{text if len(text) <= _LONGEST else text[:_LONGEST] + '…'}'"
