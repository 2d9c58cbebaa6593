"""A publisher killed at any instant leaves the old release or the new one, and no obstacle.

Rows change, and move between marts and the closed store."""

from __future__ import annotations

import multiprocessing
import random
import time

import pytest
from release_star import Star

from health_warehouse.database.connections import dispose_engines
from health_warehouse.release.publish import publish
from health_warehouse.release.releases import entries
from health_warehouse.release.rollback import rollback
from health_warehouse.settings import Settings

_processes = multiprocessing.get_context("fork")


def publish_and_die(star: Star, after_seconds: float) -> None:
    """Publish in a child process that gets SIGKILL after some time."""
    dispose_engines()  # a connection must not be shared with the child
    child = _processes.Process(target=publish, args=(star.settings,))
    child.start()
    time.sleep(after_seconds)
    child.kill()
    child.join()


def published(star: Star) -> list[dict[str, str]]:
    """What both stores hold."""
    return [star.content("marts"), star.content("closed")]


def built(star: Star) -> list[dict[str, str]]:
    """What both stores must hold after the publication."""
    return [star.content("candidate"), star.content("candidate", "hiv")]


def check_kills(settings: Settings, kills: int, seed: int) -> None:
    star = Star(settings)
    star.create(visits=2000)
    publish(settings, star.build(is_full=True))
    star.change_visits(range(1, 1001), stamp=1)
    star.build()
    started = time.monotonic()
    publish(settings)
    usual_seconds = time.monotonic() - started
    moments = random.Random(seed)
    outcomes = {"old": 0, "new": 0}
    for stamp in range(2, kills + 2):
        star.start_stretch()
        old = published(star)
        star.change_visits(moments.sample(range(1, 2001), 1000), stamp)
        star.move_visits(moments.sample(range(1, 2001), 300))
        new = built(star)
        build_id = star.build()
        publish_and_die(star, moments.uniform(0, 1.2 * usual_seconds))
        found = published(star)
        assert found in (old, new)
        outcomes["new" if found == new else "old"] += 1
        release = publish(settings)  # the next run finishes the work without a person
        assert release.build_id == build_id
        assert published(star) == new
        assert len(entries(settings)) == stamp + 1
    assert outcomes["old"], f"every kill came too late: {outcomes}"
    rollback(settings, "end of the test", "pytest")
    assert published(star) == old


def test_ten_kills_of_a_publisher(settings: Settings) -> None:
    check_kills(settings, kills=10, seed=20)


@pytest.mark.soak
def test_a_hundred_kills_of_a_publisher(settings: Settings) -> None:
    check_kills(settings, kills=100, seed=21)
