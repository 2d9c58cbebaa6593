"""How sure a rule of a contract is, in the words of rules."""

from __future__ import annotations

from expectations.rules.rule import Confidence

_MARKS: dict[str, Confidence] = {"M": "M", "L": "L", "std": "M", "own": "?"}


def marked(confidence: str) -> Confidence:
    """A rule without a mark is what the contract says."""
    return _MARKS.get(confidence, "H")
