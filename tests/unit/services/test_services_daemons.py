import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from health_warehouse.processes import has_ended
from health_warehouse.services.daemons import Daemon, stop

PROGRAM = """
import os, sys, time
if os.fork() == 0:
    time.sleep(600)
sys.stdout.write(os.environ["GREETING"]); sys.stdout.flush()
time.sleep(600)
"""


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Daemon]]:
    made = []

    def build(greeting: str = "hello") -> Daemon:
        daemon = Daemon(
            "sleeper",
            (sys.executable, "-c", PROGRAM),
            tmp_path,
            tmp_path / "log",
            tmp_path,
            {"GREETING": greeting},
        )
        made.append(daemon)
        return daemon

    yield build
    stop(made)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "waited 30 s in vain"
        time.sleep(0.02)


def test_started_process_is_nobodys_child_here(make: Callable[..., Daemon]) -> None:
    daemon = make()
    daemon.start(os.environ)
    wait_for(lambda: len(daemon.processes()) == 2)
    assert daemon.pid() not in [child.pid for child in psutil.Process().children(recursive=True)]
    wait_for(lambda: daemon.log.read_text() == "hello")


def test_starting_twice_starts_once(make: Callable[..., Daemon]) -> None:
    daemon = make()
    daemon.start(os.environ)
    pid = daemon.pid()
    daemon.start(os.environ)
    assert daemon.pid() == pid


def test_stop_ends_the_children_too(make: Callable[..., Daemon]) -> None:
    daemon = make()
    daemon.start(os.environ)
    wait_for(lambda: len(daemon.processes()) == 2)
    processes = daemon.processes()
    stop([daemon])
    assert not daemon.is_running()
    assert not [process for process in processes if not has_ended(process)]


def test_what_does_not_end_when_asked_to_is_ended(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    deaf = f"import signal, time; signal.signal(15, signal.SIG_IGN); open({str(ready)!r}, 'x')"
    daemon = Daemon(
        "deaf",
        (sys.executable, "-c", f"{deaf}; time.sleep(600)"),
        tmp_path,
        tmp_path / "log",
        tmp_path,
        grace_seconds=0.1,
    )
    daemon.start(os.environ)
    wait_for(ready.exists)
    stop([daemon])
    assert not daemon.is_running()


def test_what_outlives_a_killed_process_is_found_and_ended(make: Callable[..., Daemon]) -> None:
    daemon = make()
    daemon.start(os.environ)
    wait_for(lambda: len(daemon.processes()) == 2)
    [orphan] = [p for p in daemon.processes() if p.pid != daemon.pid()]
    os.kill(daemon.pid() or 0, signal.SIGKILL)
    wait_for(lambda: not daemon.is_running())
    assert orphan in daemon.processes()
    daemon.start(os.environ)
    assert daemon.is_running()
    assert has_ended(orphan)


def test_pid_given_to_somebody_else_is_not_ours(
    make: Callable[..., Daemon], tmp_path: Path
) -> None:
    daemon = make()
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as stranger:
        (tmp_path / "sleeper.pid").write_text(f"{stranger.pid} 1\n")
        assert not daemon.is_running()
        assert daemon.processes() == []
        stop([daemon])
        assert stranger.poll() is None
        stranger.kill()


def test_change_of_environment_is_noticed(make: Callable[..., Daemon]) -> None:
    make("hello").start(os.environ)
    assert not make("hello").has_other_environment()
    assert make("good morning").has_other_environment()


def test_program_that_ends_at_once_is_not_running(tmp_path: Path) -> None:
    daemon = Daemon("brief", ("false",), tmp_path, tmp_path / "log", tmp_path)
    daemon.start(os.environ)
    wait_for(lambda: not daemon.is_running())
