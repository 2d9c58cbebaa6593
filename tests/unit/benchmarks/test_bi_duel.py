"""The BI benchmark compares answers before times."""

from __future__ import annotations

from decimal import Decimal

import pytest

from benchmarks.bi_queries.duel import QUERIES, AnswersDiffer, Duel, Rows, compare


def test_each_query_begins_with_its_question() -> None:
    assert len(QUERIES) == 15
    silent = [
        path.name for path in QUERIES if not path.read_text(encoding="utf-8").startswith("-- ")
    ]
    assert not silent, f"begin with a comment that says what is asked: {silent}"


def test_an_average_is_the_same_as_numeric_and_as_double() -> None:
    compare("q", [("a", Decimal("0.3333333333333333"), None)], [("a", 1 / 3, None)])


@pytest.mark.parametrize(
    "theirs",
    [[], [("a", Decimal(2))], [("a", Decimal(1)), ("a", Decimal(1))], [("a", None)], [("a",)]],
)
def test_answers_that_differ_end_the_benchmark(theirs: Rows) -> None:
    with pytest.raises(AnswersDiffer):
        compare("q", [("a", Decimal(1))], theirs)


def test_an_empty_answer_proves_nothing() -> None:
    with pytest.raises(AnswersDiffer):
        compare("q", [], [])


def test_the_ratio_is_of_the_slow_runs() -> None:
    duel = Duel("q", 1, ours=(1.0,) * 19 + (9.0,) * 2, theirs=(1.0,) * 19 + (3.0,) * 2)
    assert duel.ratio == 3.0
