"""One run by hand after another: a second one waits its turn, and then finds its work done.

Without it, each run that starts would end the build of the one before, and several could keep each
other from ever publishing. Runs of Airflow do not wait here: `build_release` has one at a time. Its
clock leaves who is at work alone; a run that a person triggers does not, and a build that is so
overtaken says so.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from health_warehouse.database import turns
from health_warehouse.release.builders import transformer
from health_warehouse.settings import Settings


def turn(settings: Settings, waiting: Callable[[], None]) -> AbstractContextManager[None]:
    """Have the turn until the block or the process ends; `waiting` is called if it must wait."""
    return turns.turn(settings, "transformer", "run", waiting)


def is_at_work(settings: Settings) -> bool:
    """Whether some process is building, or has the turn."""
    with transformer(settings) as connection:
        return turns.is_taken(connection, "writing", "run")
