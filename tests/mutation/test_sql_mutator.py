"""What the mutator changes, and what it leaves alone."""

from __future__ import annotations

import re

import pytest

from mutation.sql_mutator import mutants
from mutation.survivors import reasons


def _after(sql: str) -> list[str]:
    return [mutant.text for mutant in mutants(sql)]


@pytest.mark.parametrize(
    ("sql", "changed"),
    [
        ("a <= 10", ["a < 10", "a <= 11", "a <= 9"]),
        ("a >= 0.01", ["a > 0.01", "a >= 0.02"]),
        ("a in ('5', '8')", ["a in ('5~', '8')", "a in ('5', '8~')"]),
        ("a is not null and b", ["a is null and b", "a is not null or b"]),
        ("not a = b", [" a = b", "not a <> b"]),
        ("a * b", ["a / b"]),
        ("a ~ '^[0-9]{5}$'", ["a ~ '^[0-9]{6}$'"]),
        ("max(a) desc", ["min(a) desc", "max(a) asc"]),
        ("a -- and 10\nfrom b", []),
        ("{{ ref('a') }} {# 10 #} {% if 10 %}", []),
        ("a1.b2 :: text => c", []),
        ("count(*) as n_1", []),
    ],
)
def test_each_token_is_changed_alone(sql: str, changed: list[str]) -> None:
    assert _after(sql) == changed


def test_what_is_left_alone() -> None:
    assert [m.text for m in mutants("a = 1 and b = 2", re.compile("a = 1 and"))] == [
        "a = 1 and b <> 2",
        "a = 1 and b = 3",
        "a = 1 and b = 1",
    ]


def test_which_mutants_are_drawn_depends_on_their_words_alone() -> None:
    (one,) = mutants("select a\nfrom b where c = d")
    (moved,) = mutants("\n\nselect a from b\n where c = d")
    assert one.lot("x") == moved.lot("x") != one.lot("y")


def test_every_survivor_has_a_reason() -> None:
    for line in reasons():
        assert line.kind in ("equivalent", "accepted")
        assert len(line.reason) > 10
        assert line.subject != "*" or len(line.mutant) > 5
