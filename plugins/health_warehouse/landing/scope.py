"""A part of what was delivered: of a facility, in a period, or both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from health_warehouse.errors import ConfigurationError


@dataclass(frozen=True)
class Scope:
    """`first` and `last`: days in local time, both included. What is None does not limit."""

    facility_id: str | None = None
    first: date | None = None
    last: date | None = None

    def __post_init__(self) -> None:
        if self.facility_id is None and self.first is None and self.last is None:
            raise ConfigurationError("name a facility, or a first or last day")
        if self.first and self.last and self.first > self.last:
            raise ConfigurationError(f"the first day {self.first} is after the last {self.last}")

    @classmethod
    def of(cls, facility_id: str | None, first: str | None, last: str | None) -> Scope | None:
        """From what a person wrote; None when nothing was. Raises ConfigurationError."""
        if not (facility_id or first or last):
            return None
        return cls(facility_id or None, _day(first), _day(last))

    @classmethod
    def required(cls, facility_id: str | None, first: str | None, last: str | None) -> Scope:
        """As `of`, but raises ConfigurationError when nothing was written."""
        return cls(facility_id or None, _day(first), _day(last))

    def values(self) -> dict[str, Any]:
        """Parameters for SQL."""
        return {"facility_id": self.facility_id, "first": self.first, "last": self.last}


def _day(value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise ConfigurationError(f"{value!r} is no day such as 2026-01-31") from None
