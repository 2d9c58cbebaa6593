"""`warehouse airflow …` is Airflow's own command line, in the Airflow of the state folder."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from health_warehouse.services import state
from health_warehouse.settings import Settings, inherited_environment
from warehouses import Cluster

PROGRAM = Path(sys.executable).with_name("warehouse")
HOST_KEY = '{"host_key": "ssh-ed25519 AAAA"}'


@pytest.fixture(scope="module")
def started(cluster: Cluster, module_settings: Settings) -> Iterator[Settings]:
    """A state folder with Airflow's tables, in a database of their own."""
    database = cluster.create_empty_database()
    url = SecretStr(cluster.owner_url(database))
    settings = module_settings.model_copy(update={"airflow_dsn": url})
    state.prepare(settings)
    made = _typed(settings, "db", "migrate")
    assert made.returncode == 0, made.stderr[-2000:]
    yield settings
    cluster.drop_database(database)


def _typed(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROGRAM, "airflow", *arguments],
        env=inherited_environment() | settings.as_environment() | {"HOME": str(settings.state)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_connection_that_is_added_is_in_the_airflow_of_the_state_folder(
    started: Settings,
) -> None:
    options = ["--conn-type", "generic", "--conn-login", "province", "--conn-extra", HOST_KEY]
    added = _typed(started, "connections", "add", "claims_inbox", *options)
    assert added.returncode == 0, added.stderr
    listed = _typed(started, "connections", "list", "--output", "json")
    kinds = {one["conn_id"]: one["conn_type"] for one in json.loads(listed.stdout)}
    assert kinds["claims_inbox"] == "generic"
    assert not (started.state / "airflow" / "airflow.db").exists()
    assert not (started.state / "airflow.cfg").exists(), "no second home"


def test_options_and_exit_codes_are_airflows(started: Settings) -> None:
    helped = _typed(started, "--help")
    assert helped.returncode == 0
    assert "connections" in helped.stdout
    wrong = _typed(started, "connections", "get", "nobody")
    assert wrong.returncode == 1
    assert _typed(started, "no-such-command").returncode == 2


def test_before_the_first_up_it_says_so_and_makes_nothing(settings: Settings) -> None:
    said = _typed(settings, "version")
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr == (
        f"error: no Airflow in {settings.state}: run `warehouse up`; in a container, type "
        "`airflow …`\n"
    )
    assert not (settings.state / "airflow").exists()
    assert not (settings.secrets_dir / "airflow.json").exists()
