"""Random streams that give the same numbers on every machine.

Each thing (a dossier, a person, a file) has a stream of its own, derived from the seed and its
name; so nothing depends on the order in which things are made. Only `random()` of the Mersenne
Twister is used: Python promises its values across versions, which it does not for `choice` or
`randrange`, and `gauss` goes through the C library's logarithm.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from hashlib import blake2b
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")
Draw = Callable[[], float]
"""The next number of a stream, in [0, 1)."""


def stream(seed: int, *name: str | int) -> Draw:
    """The stream of the thing called `name` in the province `seed`."""
    text = "\x1f".join((str(seed), *map(str, name)))
    number = int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")
    return Random(number).random  # noqa: S311 - reproducible on purpose, nothing secret


def whole(draw: Draw, low: int, high: int) -> int:
    """A whole number from `low` to `high`, both included."""
    return low + int(draw() * (high - low + 1))


def one_of(draw: Draw, values: Sequence[T]) -> T:
    return values[int(draw() * len(values))]


class Weighted(Generic[T]):
    """Values with whole-number weights."""

    def __init__(self, *pairs: tuple[int, T]) -> None:
        self._values = [value for _, value in pairs]
        self._bounds: list[int] = []
        total = 0
        for weight, _ in pairs:
            total += weight
            self._bounds.append(total)
        self._total = total

    def draw(self, draw: Draw) -> T:
        return self._values[bisect_right(self._bounds, draw() * self._total)]


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Split `total` in whole parts proportional to `weights`; the parts add up to `total`."""
    whole_weight = sum(weights)
    parts, given, seen = [], 0, 0
    for weight in weights:
        seen += weight
        upto = total * seen // whole_weight
        parts.append(upto - given)
        given = upto
    return parts


_MASK = (1 << 64) - 1


def scattered(*numbers: int) -> int:
    """A 64-bit number that looks drawn by lot, the same for the same numbers.

    Where a stream would be too slow because only one number is needed of it (splitmix64's steps).
    """
    mixed = 0x9E3779B97F4A7C15
    for number in numbers:
        mixed = (mixed ^ number) * 0xBF58476D1CE4E5B9 & _MASK
        mixed = (mixed ^ (mixed >> 29)) * 0x94D049BB133111EB & _MASK
        mixed ^= mixed >> 32
    return mixed
