"""One query on two engines: how long each takes, and whether they say the same."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from statistics import median, quantiles
from typing import Any

Rows = Sequence[tuple[Any, ...]]
Ask = Callable[[str], Rows]
QUERIES = tuple(sorted(Path(__file__).parent.glob("*.sql")))


class AnswersDiffer(Exception):
    """The engines do not say the same: no figure of theirs is worth comparing."""


@dataclass(frozen=True)
class Duel:
    """Seconds of each run of a query on either engine; `row_count` is that of its answer."""

    name: str
    row_count: int
    ours: tuple[float, ...]
    theirs: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """Of the 95th percentiles."""
        return p95(self.ours) / p95(self.theirs)


def p95(seconds: Sequence[float]) -> float:
    return quantiles(seconds, n=20, method="inclusive")[-1]


def pooled_ratio(duels: Sequence[Duel]) -> float:
    """Of the 95th percentiles of all runs of all queries: what the slow ones make a reader wait."""
    ours = [seconds for duel in duels for seconds in duel.ours]
    theirs = [seconds for duel in duels for seconds in duel.theirs]
    return p95(ours) / p95(theirs)


def median_ratio(duels: Sequence[Duel]) -> float:
    """Of the sums of medians: a dashboard that asks all of it, one after the other."""
    return sum(median(duel.ours) for duel in duels) / sum(median(duel.theirs) for duel in duels)


def fight(query: Path, ours: Ask, theirs: Ask, repeats: int) -> Duel:
    """Run in turns, after one run each that is not counted.

    Raises AnswersDiffer, see `compare`.
    """
    statement = query.read_text(encoding="utf-8")
    answer = ours(statement)
    compare(query.stem, answer, theirs(statement))
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(repeats):
        for ask, seconds in zip((ours, theirs), times, strict=True):
            began = time.perf_counter()
            ask(statement)
            seconds.append(time.perf_counter() - began)
    return Duel(query.stem, len(answer), tuple(times[0]), tuple(times[1]))


def compare(name: str, ours: Rows, theirs: Rows) -> None:
    """Row by row: every query says how its rows are ordered.

    Raises AnswersDiffer when they differ, or when both are empty, which proves nothing.
    """
    if not ours:
        raise AnswersDiffer(f"{name}: no row; the question is not one for this history")
    if len(ours) != len(theirs):
        raise AnswersDiffer(f"{name}: {len(ours)} rows in Postgres, {len(theirs)} in DuckDB")
    for our, their in zip(ours, theirs, strict=True):
        if len(our) != len(their) or not all(map(_is_same, our, their)):
            raise AnswersDiffer(f"{name}: {our} in Postgres, {their} in DuckDB")


def _is_same(our: Any, their: Any) -> bool:
    """An average is numeric here and a double there."""
    if isinstance(our, (Decimal, float)) and isinstance(their, (Decimal, float, int)):
        return math.isclose(our, their, rel_tol=1e-9, abs_tol=1e-9)
    return bool(our == their)
