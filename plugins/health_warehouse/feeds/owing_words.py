"""The words by which a contract says who owes a delivery: `expect.who`."""

from __future__ import annotations

FACILITIES = "facilities"
KINDS = ("active", "of care", "insured", "public", "private")
"""Which facilities: all that are active; those that examine and treat; those with an insurance
contract; by their ownership. Without a registry that was accepted: all that we know of."""


def words_of(who: str) -> tuple[str, ...] | None:
    """`facilities of care` → (`of care`,); None of one sender, such as `department`. Raises
    ValueError for facilities of a kind that nobody knows."""
    first, _, rest = who.strip().partition(" ")
    if first != FACILITIES:
        return None
    found = []
    rest = rest.strip()
    while rest:
        word = next((kind for kind in KINDS if f"{rest} ".startswith(f"{kind} ")), None)
        if word is None:
            raise ValueError(rest)
        found.append(word)
        rest = rest[len(word) :].strip()
    return tuple(found)
