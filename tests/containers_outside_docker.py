"""The services of docker-compose.yml as processes of this machine, with the packages of the image.

The packages are those of requirements/containers.txt, in an environment of their own
(`scripts/environment.sh containers`): what is not in the image is not found here either.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import psutil

from compose_file import Service, service
from debian_packages import STATE, Programs, programs
from health_warehouse import loopback
from health_warehouse.processes import wait_for_end
from parsed_dags import PROJECT

_START_SECONDS = 180  # 15 s on two idle cores
_GRACE_SECONDS = 30
# Their health checks import Airflow for seconds: not asked before there is a chance of a yes.
_SAYS_WHEN_READY = {
    "worker": " ready.",
    "dag-processor": "Processing files",
    "triggerer": "Starting the triggerer",
}


@cache
def image_programs() -> Path:
    """The folder of programs of the image's packages, installed on the first call."""
    python = Path(sys.base_prefix) / "bin" / "python3.11"  # that of the tests, not the first found
    subprocess.run(
        [PROJECT / "scripts" / "environment.sh", "containers"],
        env=os.environ | {"WAREHOUSE_STATE": str(STATE), "PYTHON": str(python)},
        check=True,
    )
    return STATE / "venv-containers" / "bin"


def values_of_dot_env() -> dict[str, str]:
    """A `.env` as `.env.example` says how to make one."""
    named = (
        "POSTGRES_PASSWORD", "WAREHOUSE_OWNER_PASSWORD", "AIRFLOW_METADATA_PASSWORD",
        "REDIS_PASSWORD", "AIRFLOW_ADMIN_PASSWORD", "AIRFLOW_JWT_SECRET", "AIRFLOW_SECRET_KEY",
        "WAREHOUSE_PERSON_KEY",
    )  # fmt: skip
    keys = {name: secrets.token_hex(32) for name in named}
    return keys | {"AIRFLOW_FERNET_KEY": urlsafe_b64encode(secrets.token_bytes(32)).decode()}


@dataclass
class Containers:
    """One set of services in `folder`; the programs of Postgres come from outside."""

    folder: Path
    postgres_port: int
    values: dict[str, str] = field(default_factory=values_of_dot_env)
    ports: dict[str, int] = field(default_factory=dict)
    env_files: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ports |= {name: loopback.free_port() for name in ("redis", "api-server", "scheduler")}
        for name in ("state/logs", "broker", "tmp"):
            (self.folder / name).mkdir(parents=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports['api-server']}"

    def service(self, name: str) -> Service:
        home = self.folder / "home" / name
        home.mkdir(parents=True, exist_ok=True)
        return service(name, self.values, self._places(home), self.env_files)

    def run(self, name: str) -> None:
        """Run a service that ends by itself."""
        one = self.service(name)
        with self.log(name).open("wb") as log:
            done = subprocess.run(
                one.command, env=self._environment(one), stdout=log, stderr=log, check=False
            )
        assert done.returncode == 0, self.end_of_log(name)

    def execute(self, name: str, *command: str) -> str:
        """What a command prints that is run beside a service, as by `docker compose exec`."""
        done = subprocess.run(
            command,
            executable=image_programs() / command[0],
            env=self._environment(self.service(name)),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def running(self, *names: str) -> Iterator[None]:
        """Start services, wait until their health checks pass; end them with all their children."""
        processes: dict[str, psutil.Popen] = {}
        try:
            for name in names:
                processes[name] = self._start(self.service(name))
            for name in names:
                self._wait_until_healthy(name, processes[name])
            yield
        finally:
            for name in reversed(processes):
                end(processes[name])

    def is_healthy(self, name: str) -> bool:
        """What Docker would find: whether the health check of the service ends with 0."""
        one = self.service(name)
        done = subprocess.run(
            one.health_check, env=self._environment(one), capture_output=True, check=False
        )
        return done.returncode == 0

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def end_of_log(self, name: str) -> str:
        return f"{name}: " + self.log(name).read_text(encoding="utf-8", errors="replace")[-4000:]

    def _places(self, home: Path) -> dict[str, str]:
        api, redis = self.ports["api-server"], self.ports["redis"]
        return {
            "postgres:5432": f"127.0.0.1:{self.postgres_port}",
            "redis:6379": f"127.0.0.1:{redis}",
            "port 6379": f"bind 127.0.0.1\nport {redis}",
            "api-server:8080": f"127.0.0.1:{api}",
            "127.0.0.1:8080": f"127.0.0.1:{api}",
            "8080": str(api),
            "6379": str(redis),
            "0.0.0.0": "127.0.0.1",
            "8974": str(self.ports["scheduler"]),
            "/var/lib/warehouse": str(self.folder / "state"),
            "/run/airflow": str(home),
            "/opt/warehouse": str(PROJECT),
            "/data": str(self.folder / "broker"),
        }

    def _environment(self, one: Service) -> dict[str, str]:
        redis = redis_programs()
        path = [str(image_programs()), *map(str, redis.folders), "/usr/bin", "/bin"]
        return redis.environment | one.environment | {"PATH": os.pathsep.join(path)}

    def _start(self, one: Service) -> psutil.Popen:
        with self.log(one.name).open("wb") as log:
            return psutil.Popen(
                one.command,
                env=self._environment(one),
                cwd=PROJECT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                umask=0o077,
            )

    def _wait_until_healthy(self, name: str, process: psutil.Popen) -> None:
        deadline = time.monotonic() + _START_SECONDS
        mark = _SAYS_WHEN_READY.get(name, "")
        while mark not in self.log(name).read_text(errors="replace") or not self.is_healthy(name):
            assert process.poll() is None, f"ended: {self.end_of_log(name)}"
            assert time.monotonic() < deadline, f"never healthy: {self.end_of_log(name)}"
            time.sleep(0.2)


def end(process: psutil.Popen) -> None:
    """As `docker stop`: the process is asked, and what is left of it after a while is killed."""
    family = [process, *process.children(recursive=True)] if process.is_running() else [process]
    if process.poll() is None:
        process.terminate()
    for left in wait_for_end(family, _GRACE_SECONDS):
        left.kill()
    process.wait(_GRACE_SECONDS)


@cache
def redis_programs() -> Programs:
    return programs("redis-server", "redis-server")
