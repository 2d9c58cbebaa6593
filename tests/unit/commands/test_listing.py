"""Lists as plain text: fast, aligned, keys whole."""

from __future__ import annotations

import time

import pytest

from health_warehouse.commands.listing import lines, print_rows


def test_a_hundred_thousand_rows_print_within_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    row = ["96001_20260701_1.xml", "96001", "LK-1", 1, "XML2", 3, None, "L01", "flag", "tiền sai"]
    started = time.monotonic()
    print_rows([str(number) for number in range(10)], [row] * 100_000)
    assert time.monotonic() - started < 20  # a table of rich takes minutes
    assert capsys.readouterr().out.count("\n") == 100_001


def test_a_terminal_too_narrow_for_the_keys_cuts_nothing() -> None:
    rows = [["file", "reason"], ["x" * 200, "a reason of several words"]]
    assert list(lines(rows, 80))[1] == f"{'x' * 200}  a reason of several words"


def test_the_text_wraps_beside_the_keys_at_a_terminal() -> None:
    rows = [["rule", "reason"], ["L01", "word " * 12]]
    first, second = list(lines(rows, 40))[1:]
    assert first == "L01   word word word word word word word"
    assert second == "      word word word word word"


def test_wide_letters_keep_the_columns_below_one_another() -> None:
    assert list(lines([["名", "1", "x"], ["Tâm", "2", "y"]])) == ["名   1  x", "Tâm  2  y"]


def test_what_a_sender_wrote_moves_no_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(["file", "reason"], [["a\x1b[2J\n.xml", "tháng"]])
    assert capsys.readouterr().out.splitlines()[1] == r"a\x1b[2J\n.xml  tháng"


def test_a_list_without_rows_is_its_heading(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(["file", "reason"], [])
    assert capsys.readouterr().out == "file  reason\n"
