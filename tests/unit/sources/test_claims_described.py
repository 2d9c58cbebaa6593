"""Values are told by length and kinds, never themselves."""

from __future__ import annotations

import pytest

from health_warehouse.sources.claims.described import described


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("", "blank"),
        (" \n", "blank"),
        ("Nguyễn Thị", "10 characters: letters, spaces"),
        (" 0912-345 678 ", "12 characters: digits, spaces, signs"),
        ("9" * 5000, "5000 characters: digits"),
        ("１２", "2 characters: other characters"),
        ("1２ 年", "4 characters: digits, spaces, other characters"),
    ],
)
def test_a_value_is_told_by_length_and_kinds(value: str, told: str) -> None:
    assert described(value) == told
