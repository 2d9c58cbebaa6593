"""The command lines of the broker and of a worker, as compose starts them, with a real Redis."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from containers_outside_docker import Containers

pytestmark = pytest.mark.soak  # installs what the image holds, and fetches Redis from Debian


@pytest.mark.timeout(300)  # the first run installs the image's packages, once
def test_worker_gets_ready_with_neither_airflows_database_nor_its_keys(tmp_path: Path) -> None:
    containers = Containers(tmp_path, postgres_port=1)
    environment = containers.service("worker").environment
    keys = {name for name in environment if re.search("SQL_ALCHEMY|_(KEY|SECRET)$", name)}
    assert keys == {"WAREHOUSE_PERSON_KEY"}
    with containers.running("redis", "worker"):
        assert (containers.folder / "broker" / "appendonlydir").is_dir()
    assert not containers.is_healthy("redis")


def test_broker_refuses_who_does_not_know_the_password(tmp_path: Path) -> None:
    containers = Containers(tmp_path, postgres_port=1)
    with containers.running("redis"):
        containers.values["REDIS_PASSWORD"] = "another"
        assert not containers.is_healthy("redis")
