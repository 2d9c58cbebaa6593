"""Which version of a dossier counts, gone through one by one: what each replaces, and what waits.

Standard library only. Written from the rules V06 and V07 as docs/rules.md says them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from oracle.claims_rules import Row
from oracle.keys import one_form

ACCEPTED, REFUSED = "accepted", "refused"


@dataclass(frozen=True)
class Candidate:
    """An accepted version. `order`: greatest wins; it begins with `received_at`."""

    name: Any
    order: tuple[object, ...]
    received_at: datetime
    seen_at: datetime
    identities: frozenset[tuple[str, str]] = frozenset()
    days: tuple[date, date] | None = None
    is_withdrawal: bool = False
    replacement: str | None = None
    """What a person decided: whether it may replace the one before it."""
    preference: str | None = None
    """What a person decided: whether it wins over those that were seen before it."""


@dataclass
class Settled:
    current: Candidate | None = None
    pending: set[Any] = field(default_factory=set)
    refused: set[Any] = field(default_factory=set)
    found: set[tuple[Any, str]] = field(default_factory=set)
    """(name, rule)"""


def settle(versions: Sequence[Candidate]) -> Settled:
    """All versions of one dossier, in any order."""
    result = Settled()
    counting: list[Candidate] = []
    for version in sorted(versions, key=lambda one: _place(one, versions)):
        before = counting[-1] if counting and not counting[-1].is_withdrawal else None
        other_person = before is not None and _differ_in_person(before, version)
        other_time = before is not None and _differ_in_time(before, version)
        if version.replacement == REFUSED:
            result.refused.add(version.name)
            result.found.add((version.name, "V06"))
        elif other_person and other_time and version.replacement != ACCEPTED:
            result.pending.add(version.name)
            result.found.add((version.name, "V06"))
        else:
            counting.append(version)
            if other_person != other_time and version.replacement is None:
                result.found.add((version.name, "V06_person" if other_person else "V06_time"))
    if counting:
        result.current = counting[-1]
        for version in counting[:-1]:
            if version.seen_at > result.current.seen_at and version.preference is None:
                result.found.add((version.name, "V07"))
    return result


def _place(version: Candidate, versions: Sequence[Candidate]) -> tuple[object, ...]:
    if version.preference != ACCEPTED:
        return version.received_at, False, version.order
    seen_before = [one.received_at for one in versions if one.seen_at < version.seen_at]
    return max([version.received_at, *seen_before]), True, version.order


def _differ_in_person(one: Candidate, other: Candidate) -> bool:
    return bool(one.identities and other.identities) and not one.identities & other.identities


def _differ_in_time(one: Candidate, other: Candidate) -> bool:
    if one.days is None or other.days is None:
        return False
    return one.days[1] < other.days[0] or other.days[1] < one.days[0]


def identities(header: Row, dossier_id: str) -> frozenset[tuple[str, str]]:
    """Everything in XML1 that says who the patient is."""
    found = {
        ("number", card[-10:])
        for card in (one.strip() for one in header.get("MA_THE_BHYT", "").split(";"))
        if len(card) in (10, 15) and card[-10:].isdigit()
    }
    citizen = header.get("SO_CCCD", "").strip().upper()
    if re.fullmatch("[0-9]{9}|[0-9]{12}|[A-Z][0-9]{7}", citizen):
        found.add(("citizen", citizen))
    local = one_form(header.get("MA_BN", ""))
    if local and local != dossier_id:
        found.add(("local", local))
    name = " ".join(header.get("HO_TEN", "").casefold().split())
    born = header.get("NGAY_SINH", "").strip()[:8]
    if name and born:
        found.add(("name", f"{name} {born}"))
    return frozenset(one for one in found if len(set(one[1])) > 1)


def care_days(header: Row) -> tuple[date, date] | None:
    """From NGAY_VAO to NGAY_RA, where both can be read."""
    try:
        first, last = (
            date.fromisoformat(f"{text[:4]}-{text[4:6]}-{text[6:8]}")
            for text in (header.get("NGAY_VAO", "").strip(), header.get("NGAY_RA", "").strip())
        )
    except ValueError:
        return None
    return (first, last) if first <= last else None
