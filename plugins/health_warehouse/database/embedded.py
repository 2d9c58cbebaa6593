"""The embedded Postgres: binaries of a PyPI package, run by us, all files in the state folder.

The package's own start-up code is not used: started as root it makes every parent folder
world-readable. We run `initdb` and `postgres` ourselves, as root's stand-in user when we are root.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg

from health_warehouse import loopback
from health_warehouse.child_environment import Child, passed_on
from health_warehouse.database.configuration import configuration
from health_warehouse.database.seat import Seat, find_seat, server_user
from health_warehouse.errors import ConfigurationError
from health_warehouse.loopback import free_port
from health_warehouse.processes import has_ended, wait_for_end

SUPERUSER = "postgres"
_CONFIGURATION_FILE = "warehouse.conf"
_PID_FILE_SECONDS = 20  # a server without its pid file after this long has died; measured < 0.2
_RECOVERY_SECONDS = 600  # replay of the log after a crash, at most max_wal_size of it
_STOP_SECONDS = 60
_ORPHAN_SECONDS = 5


@dataclass(frozen=True)
class EmbeddedServer:
    """One cluster in `folder`, on loopback TCP at `port`.

    `folder` holds `data/`, `server.log`; `version` is "16" or "18"; `password` is the superuser's.
    """

    folder: Path
    port: int
    version: str
    password: str

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    @property
    def cluster_name(self) -> str:
        """Shown in the title of each of the server's processes: ours are known by it."""
        return f"warehouse-{hashlib.sha256(str(self.data).encode()).hexdigest()[:12]}"

    def url(self, database: str = "postgres", user: str = SUPERUSER, password: str = "") -> str:
        secret = password or self.password
        return f"postgresql://{user}:{secret}@{loopback.ADDRESS}:{self.port}/{database}"

    def start(self) -> None:
        """Create the cluster if it is not there, start it, wait until it answers. Idempotent.

        Raises ConfigurationError when the folder cannot be used, the port is taken, the cluster is
        of another version, or the server dies while starting (its log's end is in the message).
        """
        launch: _Launch | None = None
        while (refusal := self._refusal()) is not None:
            if launch is not None and self._is_dead(launch):
                end = "\n".join(launch.news(self.log)[-8:])
                raise ConfigurationError(
                    f"the embedded Postgres did not start ({refusal}); end of {self.log}:\n{end}"
                ) from refusal
            if launch is None and not self.is_running():
                launch = self._start_process()
            time.sleep(0.05)

    def stop(self) -> None:
        """Fast shutdown: sessions are ended, data are flushed. Returns when the process is gone."""
        process = self._process()
        if process is not None:
            process.send_signal(signal.SIGINT)
            for stuck in wait_for_end([process], _STOP_SECONDS):
                # immediate shutdown: the next start recovers from the log
                stuck.send_signal(signal.SIGQUIT)
                wait_for_end([stuck], _STOP_SECONDS)
        self._end_orphans()

    def is_running(self) -> bool:
        return self._process() is not None

    def pid(self) -> int | None:
        process = self._process()
        return process.pid if process else None

    def _process(self) -> psutil.Process | None:
        """The postmaster, if it lives. Its pid file alone proves nothing: pids are used again."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
            process = psutil.Process(pid)
            ours = f"cluster_name={self.cluster_name}" in process.cmdline()
        except (OSError, IndexError, ValueError, psutil.Error):
            return None
        return process if ours and not has_ended(process) else None

    def _start_process(self) -> _Launch:
        self._prepare_folder()
        seat = find_seat(self.folder, self.version)
        if not (self.data / "PG_VERSION").exists():
            self._initialise(seat)
        self._require_version()
        self._end_orphans()  # one that was just forked holds the port of its killed postmaster
        self._require_free_port()
        return self._launch(seat)

    def _prepare_folder(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _hand_over(self.folder)

    def _initialise(self, seat: Seat) -> None:
        """`initdb` beside `data`, then rename: a crash leaves no half-made cluster behind."""
        fresh = self.folder / f"initdb.{secrets.token_hex(4)}"
        password_file = self.folder / f"{fresh.name}.password"
        password_file.touch(mode=0o600)
        _hand_over(password_file)
        password_file.write_text(self.password + "\n")
        options = ["-D", seat.path(fresh), "-U", SUPERUSER, "-A", "scram-sha-256", "-E", "UTF8"]
        options += ["--pwfile", seat.path(password_file), "--locale=C.UTF-8", "--no-instructions"]
        try:
            done = subprocess.run(
                seat.command("initdb", options),
                env=passed_on(Child.POSTGRES),
                capture_output=True,
                text=True,
                cwd="/",
                check=False,
            )
            if done.returncode:
                raise ConfigurationError(
                    f"cannot create the database in {self.data}: {done.stderr}"
                )
            with (fresh / "postgresql.conf").open("a") as main_file:
                main_file.write(f"include = '{_CONFIGURATION_FILE}'\n")
            fresh.rename(self.data)
        finally:
            password_file.unlink()
            shutil.rmtree(fresh, ignore_errors=True)

    def _require_version(self) -> None:
        present = (self.data / "PG_VERSION").read_text().strip()
        if present != self.version:
            raise ConfigurationError(
                f"{self.data} was made by Postgres {present}: set WAREHOUSE_POSTGRES_VERSION to "
                f"{present}, or dump it and load the dump into a new state folder"
            )

    def _require_free_port(self) -> None:
        if not loopback.is_free(self.port):
            raise ConfigurationError(
                f"port {self.port} is taken by {loopback.holder(self.port)}; set "
                f"WAREHOUSE_POSTGRES_PORT to a free one, e.g. {loopback.next_free_port(self.port)}"
            )

    def _end_orphans(self) -> None:
        """End the children of a killed postmaster, which keep its shared memory and block a start.

        They leave by themselves unless they are busy; recovery at the next start is due anyway.
        """
        title = f"postgres: {self.cluster_name}: "
        orphans = [
            process
            for process in psutil.process_iter(["cmdline"])
            if "".join(process.info["cmdline"] or ()).startswith(title)
        ]
        busy = wait_for_end(orphans, _ORPHAN_SECONDS)
        for process in busy:
            process.kill()
        wait_for_end(busy, _ORPHAN_SECONDS)

    def _launch(self, seat: Seat) -> _Launch:
        # Ours is gone and so are its children: a pid file left behind names somebody else by now,
        # and Postgres would take that process for a running server of this cluster.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        file = self.data / _CONFIGURATION_FILE
        file.write_text(configuration())
        _hand_over(file)
        options = ["-D", seat.path(self.data), "-p", str(self.port)]
        options += ["-c", f"cluster_name={self.cluster_name}"]
        with self.log.open("ab") as log:
            launch = _Launch(time.monotonic(), log.tell())
            subprocess.run(  # `setsid --fork` leaves no child of ours behind
                ["setsid", "--fork", *seat.command("postgres", options)],
                env=passed_on(Child.POSTGRES),  # a superuser reads it by SQL
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd="/",
                check=True,
            )
        return launch

    def _refusal(self) -> psycopg.OperationalError | None:
        """Why the server does not take a connection now; None when it does."""
        try:
            psycopg.connect(self.url(), connect_timeout=2).close()
        except psycopg.OperationalError as error:
            return error
        return None

    def _is_dead(self, launch: _Launch) -> bool:
        """Whether the process that we launched is gone, or recovers for longer than it can.

        In its first instants it has no pid file yet, so only its last words tell that it gave up.
        """
        waited = time.monotonic() - launch.at
        if self.is_running():
            return waited > _RECOVERY_SECONDS
        last_words = ("FATAL", "database system is shut down")
        gave_up = any(words in line for line in launch.news(self.log)[-1:] for words in last_words)
        return gave_up or waited > _PID_FILE_SECONDS


@dataclass(frozen=True)
class _Launch:
    """A start of the process: when (monotonic seconds), and where its log begins (bytes)."""

    at: float
    log_start: int

    def news(self, log: Path) -> list[str]:
        return log.read_bytes()[self.log_start :].decode(errors="replace").splitlines()


def _hand_over(path: Path) -> None:
    """Give `path` to the user who runs the server, when that is not ourselves."""
    owner = server_user()
    if owner is not None:
        os.chown(path, owner.pw_uid, owner.pw_gid)


__all__ = ["SUPERUSER", "EmbeddedServer", "free_port"]
