import json
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from health_warehouse import loopback
from health_warehouse.errors import ConfigurationError
from health_warehouse.services import ports
from health_warehouse.services.ports import Service
from health_warehouse.settings import Settings


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind((loopback.ADDRESS, 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.fixture
def said() -> list[str]:
    return []


def _settings(tmp_path: Path, postgres_port: int = 0) -> Settings:
    return Settings(state=tmp_path, postgres_port=postgres_port)


def test_fixed_port_that_is_taken_names_the_holder_and_a_way_out(
    tmp_path: Path, taken: int, said: list[str]
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        ports.claim(_settings(tmp_path, taken), ports.POSTGRES, False, said.append)
    message = str(caught.value)
    assert str(taken) in message
    assert f"({os.getpid()})" in message
    assert "WAREHOUSE_POSTGRES_PORT" in message
    assert ports.remembered(_settings(tmp_path), ports.POSTGRES) is None


def test_usual_port_that_is_taken_gives_way_to_the_next_free_and_says_so(
    tmp_path: Path, taken: int, said: list[str]
) -> None:
    service = Service("postgres", taken, "postgres_port")
    port = ports.claim(_settings(tmp_path), service, False, said.append)
    assert port > taken
    assert loopback.is_free(port)
    assert str(port) in said[0]
    assert ports.claim(_settings(tmp_path), service, False, said.append) == port
    assert len(said) == 1


def test_port_of_last_time_is_kept(tmp_path: Path, said: list[str]) -> None:
    port = loopback.free_port()
    assert ports.claim(_settings(tmp_path, port), ports.POSTGRES, False, said.append) == port
    assert ports.claim(_settings(tmp_path), ports.POSTGRES, False, said.append) == port
    assert said == []


def test_moving_a_running_service_is_refused(tmp_path: Path, said: list[str]) -> None:
    port = loopback.free_port()
    ports.claim(_settings(tmp_path, port), ports.POSTGRES, False, said.append)
    with pytest.raises(ConfigurationError, match="warehouse down"):
        ports.claim(_settings(tmp_path, port + 1), ports.POSTGRES, True, said.append)


def test_both_services_are_remembered(tmp_path: Path, said: list[str]) -> None:
    settings = _settings(tmp_path)
    postgres = ports.claim(settings, ports.POSTGRES, False, said.append)
    airflow = ports.claim(settings, ports.AIRFLOW, False, said.append)
    assert ports.remembered(settings, ports.POSTGRES) == postgres
    assert ports.remembered(settings, ports.AIRFLOW) == airflow


def test_ports_file_is_private(tmp_path: Path, said: list[str]) -> None:
    ports.claim(_settings(tmp_path), ports.POSTGRES, False, said.append)
    assert (tmp_path / "ports.json").stat().st_mode & 0o777 == 0o600


def test_port_of_last_time_is_waited_for_while_what_was_killed_lets_go_of_it(
    tmp_path: Path, said: list[str]
) -> None:
    """What the server forked last holds its port until it sees that the server is gone."""
    port = loopback.free_port()
    ports.claim(_settings(tmp_path, port), ports.POSTGRES, False, said.append)
    with socket.socket() as orphan:
        orphan.bind((loopback.ADDRESS, port))
        orphan.listen()
        leaving = threading.Timer(0.3, orphan.close)
        leaving.start()
        assert ports.claim(_settings(tmp_path), ports.POSTGRES, False, said.append) == port
        leaving.join()
    assert said == []


def test_port_of_last_time_moves_when_somebody_has_it(
    tmp_path: Path, taken: int, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports, "_LEAVING_SECONDS", 0.2)
    (tmp_path / "ports.json").write_text(json.dumps({"postgres": taken}))
    assert ports.claim(_settings(tmp_path), ports.POSTGRES, False, said.append) > taken
    assert f"port {taken} is taken by" in said[0]
