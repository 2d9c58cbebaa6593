"""Who owes the deliveries of a feed: facilities, or one sender. The only place that knows.

As soon as a registry of facilities has been accepted, it says which facilities there are, and when;
one that never sent anything is on it. Until then they are those that ever sent claims.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, text

from health_warehouse.feeds.contract import Contract
from health_warehouse.feeds.owing_words import words_of
from health_warehouse.reference.canonical import canonical_code

_ANYBODY = ""
_PUBLIC = "public"
# Whom nobody examines or treats; codes of the list facility_type.
_NOT_OF_CARE = ("pharmacy", "cdc", "prevention_other", "population_office", "station_point")
_HAS_REGISTRY = text("select to_regclass('feeds.facility_registry') is not null")
_REGISTERED = text(
    """
    select -- codes have one form there, in capitals
        facility_code, lower(facility_type) as facility_type, lower(ownership) as ownership,
        has_insurance_contract, lower(status) as status, valid_from, valid_to
    from feeds.facility_registry
    where facility_code is not null and valid_from is not null
    order by facility_code, as_of desc nulls last, received_at desc, valid_from desc, document_key
    """
)
_KNOWN = text(
    """
    select
        known.facility_id,
        nullif(known.noted_at, '-infinity') as noted_at,
        coalesce(
            (select min(d.day) from ops.facility_days as d where d.facility_id = known.facility_id),
            cast(nullif(known.noted_at, '-infinity') at time zone 'Asia/Ho_Chi_Minh' as date)
        ) as first_day
    from ops.facilities as known
    order by known.facility_id
    """
)


@dataclass(frozen=True, slots=True)
class Registered:
    """What the registry says of a facility in one period of validity, days included."""

    facility_type: str | None
    ownership: str | None
    is_insured: bool | None
    is_active: bool
    first: date
    last: date | None

    def covers(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)

    def is_one_of(self, words: Iterable[str]) -> bool:
        """Whether it is of the facilities that a contract names by these words."""
        return all(self._is(word) for word in words)

    def _is(self, word: str) -> bool:
        if word == _PUBLIC:
            return (self.ownership or "").startswith(_PUBLIC)
        if word == "private":
            return not (self.ownership or "").startswith(_PUBLIC)
        if word == "of care":
            return self.facility_type not in _NOT_OF_CARE
        if word == "insured":
            return self.is_insured is not False
        return True  # active: all are, on the day that is asked for


@dataclass(frozen=True, slots=True)
class Owes:
    """A sender that owes deliveries. `matched_by`: whose delivery counts, blank: anybody's.
    `noted_at`: since when we know of it; `first_day`: the first day it can owe something for; both
    None where nothing bounds them. `periods`: the newest statement first; None: always."""

    sender_id: str
    matched_by: str
    noted_at: datetime | None = None
    first_day: date | None = None
    periods: tuple[Registered, ...] | None = None
    words: tuple[str, ...] = ()

    def owes_for(self, last_day: date) -> bool:
        """Whether it owes a delivery for a period with this last day."""
        if self.first_day is not None and last_day < self.first_day:
            return False
        if self.periods is None:
            return True
        said = next((one for one in self.periods if one.covers(last_day)), None)
        return said is not None and said.is_active and said.is_one_of(self.words)


def who_owes(connection: Connection, contract: Contract) -> list[Owes]:
    """Those that owe the deliveries of a feed at any time, by code."""
    if contract.expect is None:
        return []
    words = words_of(contract.expect.who)
    if words is None:
        is_fixed = contract.sender.kind == "fixed"
        sender = contract.sender.of if is_fixed else contract.expect.who
        return [Owes(sender, canonical_code(sender) if is_fixed else _ANYBODY)]
    registered = _registry(connection)
    if registered:
        return [
            Owes(code, code, periods=tuple(periods), words=words)
            for code, periods in registered.items()
        ]
    return [
        Owes(row.facility_id, row.facility_id, row.noted_at, row.first_day)
        for row in connection.execute(_KNOWN)
    ]


def _registry(connection: Connection) -> dict[str, list[Registered]]:
    """By code; empty until a registry has been accepted."""
    if not connection.execute(_HAS_REGISTRY).scalar_one():
        return {}
    rows: Sequence[Any] = connection.execute(_REGISTERED).all()
    found: dict[str, list[Registered]] = {}
    for row in rows:
        found.setdefault(row.facility_code, []).append(
            Registered(
                row.facility_type,
                row.ownership,
                row.has_insurance_contract,
                row.status == "active",
                row.valid_from,
                row.valid_to,
            )
        )
    return found
