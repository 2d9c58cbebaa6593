"""Which files of the inbox a run is asked to take in: those of a feed, a facility, a period.

Told by what is known before a file is read: its path below the inbox and its time of receipt. What
is not chosen stays where it is, for the next run.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from health_warehouse.errors import ConfigurationError
from health_warehouse.feeds.catalogue import catalogue
from health_warehouse.feeds.contract import Contract
from health_warehouse.landing.delivery import Delivery
from health_warehouse.landing.partitions import LOCAL_TIME, spoken_of_receipt
from health_warehouse.landing.routing import lead_feed, path_of
from health_warehouse.reference.canonical import canonical_code
from health_warehouse.settings import Settings

_PERIOD = re.compile(r"(\d{4})(?:-(?:Q([1-4])|(\d{2})(?:-(\d{2}))?))?", re.ASCII)
_WORD = re.compile(r"[0-9A-Za-z]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is None does not limit. `facility_id`: a word of the path, its folder or in its name.
    `first`, `last`: the day that a list speaks of by its name, else its local day of receipt."""

    feed: str | None = None
    facility_id: str | None = None
    first: date | None = None
    last: date | None = None

    @classmethod
    def of(cls, feed: str | None, facility_id: str | None, period: str | None) -> Asked:
        """From what a person wrote. Raises ConfigurationError for what is no period."""
        first, last = days_of(period) if period else (None, None)
        return cls(feed, canonical_code(facility_id or "") or None, first, last)

    def choose(self, settings: Settings, deliveries: Iterable[Delivery]) -> list[Delivery]:
        """Those that are asked for, in their order."""
        contracts = catalogue(settings)
        chosen = []
        for delivery in deliveries:
            path = path_of(settings, delivery)
            lead = lead_feed(contracts, path)
            if self.feed in (None, lead) and self._fits(contracts[lead], delivery, path):
                chosen.append(delivery)
        return chosen

    @property
    def is_part(self) -> bool:
        """Whether files of the feed may be left out."""
        return self.facility_id is not None or self.first is not None

    def _fits(self, contract: Contract, delivery: Delivery, path: str) -> bool:
        if self.facility_id is not None:
            words = (canonical_code(word) for word in _WORD.findall(path))
            if self.facility_id not in words:
                return False
        if self.first is None or self.last is None:
            return True
        spoken = spoken_of_receipt(contract, path, delivery.modified_at)
        received = delivery.modified_at.astimezone(LOCAL_TIME).date()
        day = spoken.day if spoken is not None and spoken.source == "file_name" else received
        return self.first <= day <= self.last


def days_of(period: str) -> tuple[date, date]:
    """First and last day of 2026, 2026-Q2, 2026-06 or 2026-06-30. Raises ConfigurationError."""
    found = _PERIOD.fullmatch(period.strip())
    try:
        if found is None:
            raise ValueError
        year = int(found[1])
        if found[2]:
            return date(year, 3 * int(found[2]) - 2, 1), _month_end(year, 3 * int(found[2]))
        if found[4]:
            day = date(year, int(found[3]), int(found[4]))
            return day, day
        if found[3]:
            return date(year, int(found[3]), 1), _month_end(year, int(found[3]))
        return date(year, 1, 1), date(year, 12, 31)
    except ValueError:
        raise ConfigurationError(
            f"{period!r} is no period: write 2026, 2026-Q2, 2026-06 or 2026-06-30"
        ) from None


def _month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])
