"""What is wrong in a contract, where it stands, and what to write instead."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_LONGEST = 40


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """`line` counts from 1. Contracts are written by whoever runs the warehouse, so `message` may
    quote them."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


def shown(value: object) -> str:
    """A value of a contract as a message quotes it: short, on one line."""
    text = value if isinstance(value, str) else repr(value)
    text = "".join(one if one.isprintable() else " " for one in text)
    return f"'{text if len(text) <= _LONGEST else text[:_LONGEST] + '…'}'"
