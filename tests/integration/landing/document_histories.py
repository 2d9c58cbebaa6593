"""Random histories of a feed of rows, and what counts after them, told in plain Python."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from health_warehouse.feeds.contract import Mode

KEYS = "abcd"


@dataclass(frozen=True)
class Listed:
    """One row: which document, its content, whether it is accepted."""

    key: str
    content: str
    is_accepted: bool


@dataclass
class Listing:
    """One delivery to one partition, at its place in the order of receipt."""

    rows: list[Listed]
    is_complete: bool
    decision: str = ""
    is_refused: bool = False
    file_id: int = 0


@dataclass
class History:
    """Deliveries of one partition in the order of their receipt."""

    name: str
    listings: list[Listing] = field(default_factory=list)


def random_history(name: str, chance: random.Random, *, mode: Mode) -> History:
    """Up to six deliveries; small numbers of keys and contents, so that all meet.

    In `append` a document is its content, so its key has it.
    """
    history = History(name)
    decisions = [""] * 6 + (["accepted", "refused"] if mode == "snapshot" else [])
    for _ in range(chance.randint(1, 6)):
        keys = chance.sample(KEYS, chance.choice([0, 1, 1, 2, 3, 4]))
        if keys and chance.random() < 0.1:
            keys.append(keys[0])  # the same document twice
        rows = []
        for key in keys:
            content = chance.choice("xyz")
            name_of = key + content if mode == "append" else key
            rows.append(Listed(name_of, content, chance.random() < 0.8))
        history.listings.append(
            Listing(
                rows,
                is_complete=chance.random() < 0.75,
                decision=chance.choice(decisions),
                is_refused=chance.random() < 0.08,
            )
        )
    return history


def what_counts(
    history: History, *, mode: Mode, shrinks_by: float | None
) -> dict[str, tuple[int, int]]:
    """File and position of the version of each document that counts."""
    counted: list[Listing] = []
    kept: int | None = None
    for one in history.listings:
        if one.is_refused or one.decision == "refused":
            continue
        if mode == "snapshot" and one.is_complete:
            fewest = 0.0 if kept is None or shrinks_by is None else kept * (1 - shrinks_by)
            if len(one.rows) < fewest and one.decision != "accepted":
                continue
            kept = len(one.rows)
        counted.append(one)
    complete = [place for place, one in enumerate(counted) if one.is_complete]
    found: dict[str, tuple[str, tuple[int, int], int]] = {}
    for place, one in enumerate(counted):
        for position, row in enumerate(one.rows, 1):
            if row.is_accepted:
                content, at, _ = found.get(row.key, ("", (0, 0), 0))
                at = at if content == row.content else (one.file_id, position)
                found[row.key] = (row.content, at, place)
    if mode != "snapshot" or not complete:
        return {key: at for key, (_, at, _) in found.items()}
    named = {row.key for row in counted[complete[-1]].rows}
    return {
        key: at for key, (_, at, place) in found.items() if key in named or place > complete[-1]
    }
