"""A holder that is killed frees its locks, a stopped one is ended by who waits, a slow one is not.

Holders are processes of their own; the signals are real.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing.process import BaseProcess
from typing import Any

import pytest
from sqlalchemy import text

import victims
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.database.turns import Turn, is_taken, take, turn
from health_warehouse.database.watchdog import SUFFIX, watch
from health_warehouse.landing.file_lock import lock_file
from health_warehouse.settings import Settings
from lock_holders import SHA256, hold_a_load, hold_a_turn, work_in_a_turn

_SECONDS = 60


@pytest.fixture
def impatient(settings: Settings) -> Settings:
    """The settings of the test, in which a silent holder is ended after a second."""
    return settings.model_copy(update={"silent_holder_seconds": 1.0})


@pytest.fixture
def holding(request: pytest.FixtureRequest) -> Iterator[Callable[..., BaseProcess]]:
    """Starts a holder and waits until it has its lock; all of them are killed at the end."""
    started: list[BaseProcess] = []

    def start(work: Callable[[Settings], None], settings: Settings, name: Turn) -> BaseProcess:
        started.append(victims.start(work, settings))
        _until(lambda: _is_taken(settings, name))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.join()


def test_a_stopped_holder_of_a_turn_is_ended_by_who_waits(
    impatient: Settings,
    holding: Callable[..., BaseProcess],
    caplog: pytest.LogCaptureFixture,
) -> None:
    holder = holding(hold_a_turn, impatient, "maintenance")
    _stop(holder)
    with turn(impatient, "maintainer", "maintenance", lambda: None):
        pass
    assert holder.is_alive(), "it still is stopped"
    assert "ending session" in caplog.text
    assert f"(warehouse maintainer {holder.pid}@" in caplog.text
    assert "no sign of life for 1 s" in caplog.text


def test_a_stopped_load_is_ended_by_who_waits_for_its_bytes_or_to_settle(
    impatient: Settings, holding: Callable[..., BaseProcess]
) -> None:
    """By the role of the holder, whatever the role of who waits."""
    _stop(holding(hold_a_load, impatient, "settling"))
    watch(impatient, "maintainer")
    with engine(impatient, "maintainer").begin() as connection:
        lock_file(connection, SHA256)
    with engine(impatient, "maintainer").begin() as connection:
        take(connection, "settling")


def test_who_waits_again_and_again_for_a_little_ends_it_too(
    impatient: Settings, holding: Callable[..., BaseProcess]
) -> None:
    """Steps of maintenance, publications and the sender of alerts give up and come again."""
    _stop(holding(hold_a_load, impatient, "settling"))
    watch(impatient, "maintainer")

    def comes_in() -> bool:
        with engine(impatient, "maintainer").connect() as connection:
            connection.execute(text("set local lock_timeout = '300ms'"))
            try:
                take(connection, "settling")
            except Exception:
                return False
            return True

    _until(comes_in)


def test_a_killed_holder_frees_its_locks_by_itself(
    settings: Settings,
    holding: Callable[..., BaseProcess],
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert settings.silent_holder_seconds > 2 * _SECONDS
    holder = holding(hold_a_load, settings, "settling")
    holder.kill()
    with engine(settings, "loader").begin() as connection:
        connection.execute(text(f"set local lock_timeout = '{_SECONDS}s'"))
        lock_file(connection, SHA256)
        take(connection, "settling")
    assert _claims(settings) == 0
    assert "ending session" not in caplog.text


def test_a_slow_holder_is_not_ended_however_long_it_takes(
    impatient: Settings, holding: Callable[..., BaseProcess]
) -> None:
    holder = holding(work_in_a_turn, impatient, "maintenance")
    waits = _WaitsInAThread(impatient)
    session = _holder(impatient)
    signs = set()

    def bound_is_long_over() -> bool:
        signs.add(_sign(impatient, session.application_name))
        return len(signs) > 40  # ten silent looks would have been enough

    _until(bound_is_long_over)
    assert _holder(impatient).pid == session.pid
    assert not waits.entered.done()
    holder.kill()
    waits.entered.result(_SECONDS)


def test_a_holder_that_was_only_paused_goes_on(
    settings: Settings, holding: Callable[..., BaseProcess]
) -> None:
    """As short as the machine of a busy hypervisor stands still."""
    patient = settings.model_copy(update={"silent_holder_seconds": 20.0})
    holder = holding(hold_a_turn, patient, "maintenance")
    waits = _WaitsInAThread(patient)
    session = _holder(patient)
    assert holder.pid
    os.kill(holder.pid, signal.SIGSTOP)
    before = _sign(patient, session.application_name)
    ours = _own_name(patient)
    looks = set()

    def two_looks_found_it_silent() -> bool:
        looks.add(_sign(patient, ours))
        return len(looks) > 3

    _until(two_looks_found_it_silent)
    os.kill(holder.pid, signal.SIGCONT)
    _until(lambda: _sign(patient, session.application_name) != before)
    assert _holder(patient).pid == session.pid
    holder.kill()
    waits.entered.result(_SECONDS)


def test_a_process_has_one_session_more_and_it_ends_with_the_engines(settings: Settings) -> None:
    watch(settings, "loader")
    watch(settings, "loader")
    with engine(settings, "loader").connect() as connection:
        query = text(
            "select count(*) from pg_stat_activity"
            " where datname = current_database() and application_name like :name"
        )
        assert connection.execute(query, {"name": f"warehouse loader %{SUFFIX}"}).scalar_one() == 1


class _WaitsInAThread:
    """Somebody in this process who waits for the turn of maintenance."""

    def __init__(self, settings: Settings) -> None:
        self._pool = ThreadPoolExecutor(1)
        self._waits: Future[None] = Future()
        self.entered = self._pool.submit(self._enter, settings)
        self._waits.result(_SECONDS)

    def _enter(self, settings: Settings) -> None:
        with turn(settings, "maintainer", "maintenance", lambda: self._waits.set_result(None)):
            pass


def _stop(process: BaseProcess) -> None:
    assert process.pid
    os.kill(process.pid, signal.SIGSTOP)


def _is_taken(settings: Settings, name: Turn) -> bool:
    with engine(settings, OWNER).connect() as connection:
        return is_taken(connection, name)


def _holder(settings: Settings) -> Any:
    with engine(settings, OWNER).connect() as connection:
        return connection.execute(
            text(
                "select pid, application_name from pg_locks inner join pg_stat_activity using (pid)"
                " where relation = 'ops.turn_maintenance'::regclass and granted"
            )
        ).one()


def _sign(settings: Settings, name: str) -> Any:
    with engine(settings, OWNER).connect() as connection:
        query = text("select state_change from pg_stat_activity where application_name = :name")
        return connection.execute(query, {"name": name + SUFFIX}).scalar_one()


def _own_name(settings: Settings) -> str:
    with engine(settings, "maintainer").connect() as connection:
        return str(connection.execute(text("show application_name")).scalar_one())


def _claims(settings: Settings) -> int:
    with engine(settings, OWNER).connect() as connection:
        return int(connection.execute(text("select count(*) from ops.file_claims")).scalar_one())


def _until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _SECONDS
    while not happened():
        assert time.monotonic() < deadline, f"nothing after {_SECONDS} s"
        time.sleep(0.02)
