"""Readers while releases are published: no mix, no emptiness, no error, no wait.

Every publication rewrites every row with its number, so a reader that meets two numbers, or no row,
has seen two releases.
"""

from __future__ import annotations

import multiprocessing
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from typing import Any

import psycopg
import pytest
from release_star import LINES_PER_VISIT, TABLES, Star

from health_warehouse.database.connections import dispose_engines, dsn
from health_warehouse.release.publish import publish

VISITS = 300
JOIN = (
    "select array(select distinct unnest(array_agg(l.stamp) || array_agg(v.stamp)"
    " || array_agg(s.stamp) || array_agg(g.stamp))), count(*)"
    " from marts.fct_lines as l"
    " join marts.fct_visits as v using (shop_key, visit_key)"
    " join marts.dim_shops as s using (shop_key) join marts.dim_goods as g using (good_key)"
)
_processes = multiprocessing.get_context("fork")


@dataclass
class Readings:
    """What one reader saw in one phase. Times in seconds, one per statement."""

    joins: int = 0
    reports: int = 0
    seconds: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    stamps: set[int] = field(default_factory=set)


def read(url: str, seed: int, publishing: Event, stop: Event, results: Queue[Any]) -> None:
    """Joins and repeatable-read reports in random table order, until told to stop."""
    order = random.Random(seed)
    phases = {False: Readings(), True: Readings()}
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            while not stop.is_set():
                readings = phases[publishing.is_set()]
                (join if order.random() < 0.7 else report)(connection, order, readings)
    except psycopg.Error as error:
        phases[True].problems.append(f"error: {error}")
    results.put((phases[False], phases[True]))


def timed(connection: psycopg.Connection, query: str, readings: Readings) -> tuple[Any, ...]:
    started = time.perf_counter()
    row = connection.execute(query).fetchone()
    readings.seconds.append(time.perf_counter() - started)
    assert row is not None
    return row


def join(connection: psycopg.Connection, _order: random.Random, readings: Readings) -> None:
    stamps, count = timed(connection, JOIN, readings)
    readings.joins += 1
    note(readings, set(stamps), count == VISITS * LINES_PER_VISIT)


def report(connection: psycopg.Connection, order: random.Random, readings: Readings) -> None:
    stamps: set[int] = set()
    with connection.transaction():
        for table in order.sample(TABLES, len(TABLES)):
            found, count = timed(
                connection,
                f"select array_agg(distinct stamp), count(*) from marts.{table}",
                readings,
            )
            stamps |= set(found or [-1])
    readings.reports += 1
    note(readings, stamps, count > 0)


def note(readings: Readings, stamps: set[int], is_complete: bool) -> None:
    readings.stamps |= stamps
    if len(stamps) != 1:
        readings.problems.append(f"mixed releases {sorted(stamps)}")
    if not is_complete:
        readings.problems.append("rows missing")


def rewrite(star: Star, stamp: int) -> None:
    for table in TABLES:
        star.run(f"update candidate.{table} set stamp = :stamp", stamp=stamp)


def percentile_99(seconds: list[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.99)]


def long_query(star: Star, seconds: float, seen: list[Any]) -> threading.Thread:
    """One query that runs through all publications, with the snapshot of its start."""

    def run() -> None:
        with psycopg.connect(dsn(star.settings, "bi_reader")) as connection:
            query = (
                "select count(*), min(stamp), max(stamp) from marts.fct_lines"
                f" where (select pg_sleep({seconds})) is not null"
            )
            seen.append(connection.execute(query).fetchone())
            seen.append(connection.execute(query.replace(str(seconds), "0")).fetchone())

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def observe(
    star: Star, readers: int, idle_seconds: float, change: Callable[[], None]
) -> tuple[Readings, Readings]:
    """Run readers before and during `change`; returns what they saw idle and publishing."""
    publishing, stop = _processes.Event(), _processes.Event()
    results = _processes.Queue()
    url = dsn(star.settings, "bi_reader")
    dispose_engines()  # a connection must not be shared with the children
    processes = [
        _processes.Process(target=read, args=(url, seed, publishing, stop, results))
        for seed in range(readers)
    ]
    for process in processes:
        process.start()
    try:
        time.sleep(idle_seconds)
        publishing.set()
        change()
    finally:
        stop.set()
        found = [results.get(timeout=60) for _ in processes]
        for process in processes:
            process.join()
    idle, busy = Readings(), Readings()
    for pair in found:
        for total, part in zip((idle, busy), pair, strict=True):
            total.joins += part.joins
            total.reports += part.reports
            total.seconds += part.seconds
            total.problems += part.problems
            total.stamps |= part.stamps
    return idle, busy


def check_publications(
    star: Star, publications: int, pause_seconds: float, long_query_seconds: float
) -> tuple[Readings, Readings]:
    star.create(visits=VISITS)
    publish(star.settings, star.build(is_full=True))
    star.touch(range(1, VISITS + 1))
    star.run("insert into intermediate.affected_goods select good_key from candidate.dim_goods")
    seen: list[Any] = []

    def change() -> None:
        waiting = long_query(star, long_query_seconds, seen)
        for stamp in range(1, publications + 1):
            rewrite(star, stamp)
            star.build()
            publish(star.settings)
            time.sleep(pause_seconds)
        waiting.join()

    idle, busy = observe(star, readers=4, idle_seconds=3, change=change)
    assert busy.problems == []
    assert idle.problems == []
    assert max(busy.stamps) >= publications - 1, "the readers saw too little of the publications"
    total = VISITS * LINES_PER_VISIT
    assert seen[0] == (total, 0, 0)
    assert seen[1] == seen[0]  # repeatable read by default: the same release to the end
    return idle, busy


def test_readers_see_whole_releases_only(settings: Any) -> None:
    star = Star(settings)
    idle, busy = check_publications(star, publications=20, pause_seconds=0, long_query_seconds=5)
    assert busy.joins >= 100
    assert busy.reports >= 30
    idle_99, busy_99 = percentile_99(idle.seconds), percentile_99(busy.seconds)
    assert busy_99 <= max(3 * idle_99, idle_99 + 0.020), (idle_99, busy_99)


@pytest.mark.soak
def test_ten_thousand_reads_over_fifty_publications_with_a_minute_long_query(settings: Any) -> None:
    star = Star(settings)
    idle, busy = check_publications(
        star, publications=100, pause_seconds=0.5, long_query_seconds=60
    )
    assert busy.joins + busy.reports >= 10_000
    assert busy.reports >= 2_000
    idle_99, busy_99 = percentile_99(idle.seconds), percentile_99(busy.seconds)
    assert busy_99 <= max(3 * idle_99, idle_99 + 0.020), (idle_99, busy_99)
