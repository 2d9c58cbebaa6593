"""One run by hand after another: a second one waits its turn, and then finds its work done.

Without it, each run that starts would end the build of the one before, and several could keep each
other from ever publishing. Runs of Airflow do not wait here: `build_release` has one at a time, and
a build that is overtaken by the other kind says so.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from health_warehouse.database import turns
from health_warehouse.settings import Settings

_TURN_LOCK = 7_201_012


def turn(settings: Settings, waiting: Callable[[], None]) -> AbstractContextManager[None]:
    """Have the turn until the block or the process ends; `waiting` is called if it must wait."""
    return turns.turn(settings, "transformer", _TURN_LOCK, waiting)
