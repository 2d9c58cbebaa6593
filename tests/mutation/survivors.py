"""The mutants that no test kills, each with the reason why it need not: survivors.csv.

An *equivalent* mutant gives the same answers (it changes a short cut, say): it does not count. An
*accepted* one could be killed and counts as a survivor. A line names mutants by a part of their
words, and the subject that they are of, or `*`.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

LEAST_KILLED = 0.80
_LIST = Path(__file__).with_name("survivors.csv")


class Reason(NamedTuple):
    subject: str
    mutant: str
    kind: str
    reason: str

    def is_of(self, subject: str, what: str) -> bool:
        return self.subject in ("*", subject) and self.mutant in what


@dataclass
class Tally:
    """What became of the drawn mutants of one kind of subject."""

    killed: int = 0
    survivors: list[tuple[str, str]] = field(default_factory=list)
    """(subject, what)."""


def check(tally: Tally) -> None:
    """Fails below the least share, and for survivors that survivors.csv does not explain."""
    known = reasons()
    accepted, unexplained = 0, []
    for subject, what in tally.survivors:
        kinds = {reason.kind for reason in known if reason.is_of(subject, what)}
        accepted += bool(kinds) and "equivalent" not in kinds
        if not kinds:
            unexplained.append(f"{subject},{what}")
    share = tally.killed / max(1, tally.killed + accepted + len(unexplained))
    told = f"{share:.1%} of {tally.killed + len(tally.survivors)} mutants are killed"
    assert not unexplained, "\n".join(
        (f"{told}; kill these, or add a line with the reason to {_LIST.name}:", *unexplained)
    )
    assert share >= LEAST_KILLED, told


def reasons() -> list[Reason]:
    with _LIST.open(encoding="utf-8", newline="") as file:
        return [Reason(**row) for row in csv.DictReader(file)]
