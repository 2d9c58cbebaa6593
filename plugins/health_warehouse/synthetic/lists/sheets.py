"""A list before it is written: its rows as values, by the columns of the contract."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

Value = str | int | Decimal | bool | date | None
Row = dict[str, Value]
"""By column of the contract; a column that is not there is blank."""


@dataclass
class Sheet:
    """One list, as one person sends it."""

    feed: str
    stem: str
    """Name of the file without its ending."""
    sender: str
    """Code of the facility whose list it is, or who sends for all."""
    as_of: date
    sent_on: date
    title: str
    rows: list[Row] = field(default_factory=list)
