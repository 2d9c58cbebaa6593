"""One detached process: started once, found again by its pid file, stopped with its children.

It outlives the command that started it. It leads a session of its own, so that what it forked is
found even after it was killed.
"""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psutil

from health_warehouse.processes import has_ended, wait_for_end

# Pid and start time, written by the process itself before it becomes the service: whoever started
# it may be killed at any instant. A pid alone proves nothing, for pids are used again.
_ENTER = """
printf '%s %s\\n' "$$" "$(cut -d' ' -f22 "/proc/$$/stat")" > "$0.new" && mv "$0.new" "$0"
exec "$@"
"""
_CHILDREN_SECONDS = 3


@dataclass(frozen=True)
class Daemon:
    """`folder` keeps `<name>.pid`; the command's output is appended to `log`.

    `grace_seconds` is how long it may take to end when it is asked to.
    """

    name: str
    command: tuple[str, ...]
    folder: Path
    log: Path
    cwd: Path
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    grace_seconds: float = 5

    def start(self, inherited: Mapping[str, str]) -> None:
        """Start it unless it runs; end what a killed predecessor left.

        Its environment is `inherited` with ours on top.
        """
        if self.is_running():
            return
        stop([self])
        with self.log.open("ab") as log:
            subprocess.run(
                ["setsid", "--fork", "sh", "-c", _ENTER, str(self._pid_file), *self.command],
                env={**inherited, **self.environment},
                cwd=self.cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                umask=0o077,
                check=True,
            )
        self._fingerprint_file.write_text(self._fingerprint())
        deadline = time.monotonic() + 30
        while not self._pid_file.exists() and time.monotonic() < deadline:
            time.sleep(0.02)

    def pid(self) -> int | None:
        """Its process id; None when it does not run."""
        recorded = self._recorded()
        if recorded is None or _start_ticks(recorded[0]) != recorded[1]:
            return None
        return recorded[0]

    def started_at(self) -> datetime | None:
        """When it began; None when it does not run."""
        pid = self.pid()
        if pid is None:
            return None
        try:
            return datetime.fromtimestamp(psutil.Process(pid).create_time(), UTC)
        except psutil.NoSuchProcess:
            return None

    def is_running(self) -> bool:
        return self.pid() is not None

    def has_other_environment(self) -> bool:
        """Whether it was started with settings that are not those of now."""
        path = self._fingerprint_file
        return not path.exists() or path.read_text() != self._fingerprint()

    def processes(self) -> list[psutil.Process]:
        """It and everything it forked, also what outlived it."""
        recorded = self._recorded()
        if recorded is None or _start_ticks(recorded[0]) not in (None, recorded[1]):
            return []  # never started, or its number was given to somebody else: all have ended
        members = (p for p in psutil.process_iter() if _session(p.pid) == recorded[0])
        return [process for process in members if not has_ended(process)]

    @property
    def _pid_file(self) -> Path:
        return self.folder / f"{self.name}.pid"

    @property
    def _fingerprint_file(self) -> Path:
        return self.folder / f"{self.name}.environment"

    def _fingerprint(self) -> str:
        told = repr((self.command, sorted(self.environment.items())))
        return hashlib.sha256(told.encode()).hexdigest()

    def _recorded(self) -> tuple[int, int] | None:
        try:
            pid, ticks = map(int, self._pid_file.read_text().split())
        except (OSError, ValueError):
            return None
        return pid, ticks


def stop(daemons: Iterable[Daemon]) -> None:
    """Ask all to end, wait for each as long as it may take, then end what is left of them.

    The second request makes Airflow's processes end at once; after the third nobody has a choice.
    """
    daemons = list(daemons)
    asked_at = time.monotonic()
    leaders = [(d, psutil.Process(pid)) for d in daemons if (pid := d.pid()) is not None]
    _signal((leader for _, leader in leaders), signal.SIGTERM)
    for daemon, leader in leaders:
        wait_for_end([leader], asked_at + daemon.grace_seconds - time.monotonic())
    for final in (signal.SIGTERM, signal.SIGKILL):
        left = [process for daemon in daemons for process in daemon.processes()]
        _signal(left, final)
        wait_for_end(left, _CHILDREN_SECONDS)
    for daemon in daemons:
        daemon._pid_file.unlink(missing_ok=True)


def _signal(processes: Iterable[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        try:
            process.send_signal(number)
        except psutil.NoSuchProcess:
            continue


def _start_ticks(pid: int) -> int | None:
    """Clock ticks from boot to the start of `pid` (field 22 of its stat); None when it ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else int(fields[19])


def _session(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except OSError:
        return None
