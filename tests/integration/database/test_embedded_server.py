"""The embedded server: both versions, crashes, and folders that its user cannot enter."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import psycopg
import pytest

from health_warehouse import loopback
from health_warehouse.database import seat
from health_warehouse.database.embedded import EmbeddedServer, free_port
from health_warehouse.errors import ConfigurationError
from health_warehouse.processes import has_ended
from process_environments import not_allowed, variables_of

AS_ROOT = os.geteuid() == 0


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """pytest makes its folders 0700: as root, the way through a mount namespace is taken."""
    return tmp_path / "pg"


@pytest.fixture(params=["18", "16"])
def server(request: pytest.FixtureRequest, place: Path) -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(place, free_port(), request.param, "superuser")
    yield server
    server.stop()


def ask(server: EmbeddedServer, statement: bytes) -> object:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        cursor = connection.execute(statement)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def test_committed_rows_outlive_stop_and_start(server: EmbeddedServer) -> None:
    server.start()
    assert str(ask(server, b"show server_version")).startswith(server.version)
    ask(server, b"create table kept as select 1 as one")
    server.stop()
    assert not server.is_running()
    server.start()
    assert ask(server, b"select one from kept") == 1


def test_committed_rows_outlive_a_killed_postmaster(server: EmbeddedServer) -> None:
    server.start()
    ask(server, b"create table kept as select 1 as one")
    with closing(psycopg.connect(server.url(), autocommit=True)) as busy:
        # A busy backend does not notice that its postmaster is gone; it keeps the shared memory.
        backend = psutil.Process(busy.info.backend_pid)
        busy.pgconn.send_query(b"select count(*) from generate_series(1, 10000000000)")
        os.kill(server.pid() or 0, signal.SIGKILL)
        server.start()
        assert has_ended(backend)
    assert ask(server, b"select one from kept") == 1


def test_starting_twice_starts_once(server: EmbeddedServer) -> None:
    server.start()
    pid = server.pid()
    server.start()
    assert server.pid() == pid


def test_a_superuser_reads_no_secret_in_the_environment_of_the_server(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("WAREHOUSE_PERSON_KEY", "WAREHOUSE_ALERT_SMTP_PASSWORD", "PGPASSWORD", "TOKEN"):
        monkeypatch.setenv(name, "hush")
    server.start()
    postmaster = server.pid() or 0
    read = b"select encode(pg_read_binary_file('/proc/%d/environ', 0, 100000), 'escape')"
    found = str(ask(server, read % postmaster))
    assert "PATH=" in found
    assert "hush" not in found
    assert not not_allowed("postgres", variables_of(postmaster))


def test_nothing_listens_but_loopback(server: EmbeddedServer) -> None:
    server.start()
    listening = {
        connection.laddr[0]
        for connection in psutil.Process(server.pid()).net_connections()
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {loopback.ADDRESS}


def test_pid_file_that_names_a_stranger_does_not_stop_a_start(place: Path) -> None:
    server = EmbeddedServer(place, free_port(), "18", "superuser")
    server.start()
    server.stop()
    (server.data / "postmaster.pid").write_text(f"{os.getpid()}\n{server.data}\n")
    assert not server.is_running()
    server.start()
    assert server.is_running()
    server.stop()


def test_taken_port_is_told_with_holder_and_way_out(place: Path) -> None:
    with socket.socket() as listener:
        listener.bind((loopback.ADDRESS, 0))
        listener.listen()
        port = listener.getsockname()[1]
        told = rf"{port} is taken by .*\({os.getpid()}\).*POSTGRES_PORT"
        with pytest.raises(ConfigurationError, match=told):
            EmbeddedServer(place, port, "18", "superuser").start()


def test_other_version_is_refused(place: Path) -> None:
    first = EmbeddedServer(place, free_port(), "18", "superuser")
    first.start()
    first.stop()
    with pytest.raises(ConfigurationError, match="made by Postgres 18"):
        EmbeddedServer(place, free_port(), "16", "superuser").start()


def test_server_that_cannot_start_says_why_at_once(place: Path) -> None:
    server = EmbeddedServer(place, free_port(), "18", "superuser")
    server.start()
    server.stop()
    with (server.data / "postgresql.auto.conf").open("a") as configuration:
        configuration.write("max_connections = 'many'\n")
    with pytest.raises(ConfigurationError, match="max_connections"):
        server.start()


def test_crash_while_creating_the_cluster_is_made_good(place: Path) -> None:
    place.mkdir(mode=0o700)
    program = (
        "import sys, pathlib\n"
        "from health_warehouse.database.embedded import EmbeddedServer\n"
        "EmbeddedServer(pathlib.Path(sys.argv[1]), int(sys.argv[2]), '18', 'pw').start()\n"
    )
    port = free_port()
    child = subprocess.Popen([sys.executable, "-c", program, str(place), str(port)])
    while child.poll() is None and not list(place.glob("initdb.*/PG_VERSION")):
        pass
    child.kill()
    child.wait()
    server = EmbeddedServer(place, port, "18", "pw")
    server.start()
    assert ask(server, b"select 1") == 1
    server.stop()


def test_two_servers_on_one_machine_are_apart(tmp_path: Path) -> None:
    both = [EmbeddedServer(tmp_path / name, free_port(), "18", name) for name in ("a", "b")]
    for server in both:
        server.start()
    assert both[0].pid() != both[1].pid()
    both[0].stop()
    assert both[1].is_running()
    both[1].stop()


@pytest.mark.skipif(not AS_ROOT, reason="only root needs a stand-in")
def test_folder_under_a_closed_parent_is_used_without_opening_it(tmp_path: Path) -> None:
    closed = tmp_path / "root"
    closed.mkdir(mode=0o700)
    server = EmbeddedServer(closed / "clone" / ".warehouse" / "postgres", free_port(), "18", "pw")
    mounts = Path("/proc/self/mounts").read_text()
    server.start()
    try:
        assert ask(server, b"select 1") == 1
        user = seat.server_user()
        assert user is not None
        assert psutil.Process(server.pid()).uids().real == user.pw_uid
        assert closed.stat().st_mode & 0o777 == 0o700
        assert Path("/proc/self/mounts").read_text() == mounts
    finally:
        server.stop()


@pytest.mark.skipif(not AS_ROOT, reason="only root needs a stand-in")
def test_folder_that_cannot_be_reached_in_any_way_is_told_with_the_setting(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seat, "_MOUNT_POINTS", ())  # as where mounting is forbidden
    with pytest.raises(ConfigurationError, match="WAREHOUSE_STATE"):
        EmbeddedServer(place, free_port(), "18", "superuser").start()
