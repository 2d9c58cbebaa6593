"""docker-compose.yml as Docker's own client reads it. It asks no engine for that."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from compose_file import SERVICES, service
from containers_outside_docker import values_of_dot_env
from debian_packages import programs
from parsed_dags import PROJECT

# Debian 12 has the client of 2021, which does not know this specification; 13 has 2.26.
_SUITE = "trixie"


@pytest.mark.soak  # fetches 20 MB
@pytest.mark.timeout(300)
def test_client_reads_what_our_tests_run(tmp_path: Path) -> None:
    values = values_of_dot_env()
    read = _read_by_client(tmp_path, values)
    assert read["services"].keys() == SERVICES.keys()
    for name, found in read["services"].items():
        ours = service(name, values)
        # The client doubles each $ again, so that what it prints could be read by it.
        assert [word.replace("$$", "$") for word in found["command"]] == ours.command
        image_sets = {"LANG": "C.UTF-8"}
        assert found["environment"] | image_sets == ours.environment
        check = found.get("healthcheck", {}).get("test", ["CMD"])
        assert [word.replace("$$", "$") for word in check[1:]] == ours.health_check


@pytest.mark.soak
def test_client_refuses_to_start_without_a_secret(tmp_path: Path) -> None:
    values = values_of_dot_env()
    del values["WAREHOUSE_PERSON_KEY"]
    with pytest.raises(subprocess.CalledProcessError) as refused:
        _read_by_client(tmp_path, values)
    assert "see .env.example" in refused.value.stderr


def _read_by_client(folder: Path, values: dict[str, str]) -> dict[str, Any]:
    found = programs("docker-compose", "docker-compose", suite=_SUITE)
    dot_env = folder / "dot_env"
    dot_env.write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    command = ["--env-file", str(dot_env), "--file", str(PROJECT / "docker-compose.yml")]
    done = subprocess.run(
        [found.path("docker-compose"), *command, "config", "--format", "json"],
        env=found.environment | {"HOME": str(folder), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(done.stdout))
