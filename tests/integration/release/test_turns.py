"""Runs by hand take turns."""

from __future__ import annotations

import threading

import pytest

from health_warehouse.release.turns import turn
from health_warehouse.settings import Settings

_SECONDS = 60


def _must_not_wait() -> None:
    raise AssertionError("nobody else has the turn")


def test_a_second_one_says_that_it_waits_and_goes_on_after_the_first(settings: Settings) -> None:
    waits, enters = threading.Event(), threading.Event()

    def second() -> None:
        with turn(settings, waits.set):
            enters.set()

    other = threading.Thread(target=second, daemon=True)
    with turn(settings, _must_not_wait):
        other.start()
        assert waits.wait(_SECONDS)
        assert not enters.is_set()
    assert enters.wait(_SECONDS)
    other.join(_SECONDS)


def test_a_turn_that_ends_in_an_error_is_free_again(settings: Settings) -> None:
    with pytest.raises(LookupError), turn(settings, _must_not_wait):
        raise LookupError
    with turn(settings, _must_not_wait):
        pass
