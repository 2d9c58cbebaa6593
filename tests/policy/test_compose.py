"""docker-compose.yml, read as data: what it promises of every service. Each message is the fix.

That its command lines start is shown by tests/deployment.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from compose_file import COMPOSE, SERVICES
from health_warehouse.database.configuration import RESERVED
from health_warehouse.database.public_rights import REVOKE_LARGE_OBJECTS
from health_warehouse.database.server_grants import FOR_OWNER
from parsed_dags import PROJECT

TEXT = (PROJECT / "docker-compose.yml").read_text(encoding="utf-8")
ONE_SHOT = {"migrate"}
OWN_INIT = {"postgres": "is its own init"}
# Who may hold what; everybody else is compromised without it.
HOLDERS = {
    "WAREHOUSE_PERSON_KEY": {"migrate", "worker"},
    "WAREHOUSE_DSN": {"migrate", "worker", "alerts"},
    "AIRFLOW__CORE__FERNET_KEY": {
        "migrate", "api-server", "scheduler", "dag-processor", "triggerer",
    },
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": {
        "migrate", "api-server", "scheduler", "dag-processor", "triggerer",
    },
    "AIRFLOW__API_AUTH__JWT_SECRET": {"api-server", "scheduler"},
    "AIRFLOW__API__SECRET_KEY": {"api-server"},
    "AIRFLOW__CELERY__BROKER_URL": {"scheduler", "worker"},
}  # fmt: skip

every_service = pytest.mark.parametrize("name", SERVICES)


def test_all_parts_are_there() -> None:
    assert set(SERVICES) == {
        "postgres", "redis", "migrate", "api-server", "scheduler", "dag-processor", "triggerer",
        "worker", "alerts",
    }  # fmt: skip


def test_file_follows_the_compose_specification() -> None:
    """Its schema refuses keys that it does not know, so a misspelt one does not pass."""
    program = Path(sys.executable).with_name("check-jsonschema")
    schema = ["--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run(
        [program, *schema, PROJECT / "docker-compose.yml"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_secret_is_written_down() -> None:
    """A value that is secret comes from .env, and its absence is an error that says so."""
    literal = [
        f"{name}.{variable}"
        for name, service in SERVICES.items()
        for variable, value in service["environment"].items()
        if re.search(
            r"PASSWORD$|KEY$|SECRET$|DSN$|_AUTH$|SQL_ALCHEMY_CONN|BROKER_URL$|RESULT_BACKEND$",
            variable,
        )
        and not re.search(r"\$\{[A-Z_]+:\?[^}]+\}", value)
    ]
    assert not literal, f"take them from .env: ${{NAME:?see .env.example}}: {literal}"
    assert not re.findall(r"://[^:/\s]*:[^$\s][^@\s]*@", TEXT), "a password in a URL"


def test_every_variable_of_dot_env_is_explained() -> None:
    example = (PROJECT / ".env.example").read_text(encoding="utf-8").splitlines()
    needed = set(re.findall(r"(?<!\$)\$\{([A-Z_]+):\?", TEXT))
    optional = set(re.findall(r"(?<!\$)\$\{([A-Z_]+):-", TEXT))
    assert needed
    assert optional
    assert set(re.findall(r"(?<!\$)\$\{?([A-Z_]+)", TEXT)) == needed | optional, "say :? or :-"
    filled_in = {line.partition("=")[0] for line in example if re.match(r"[A-Z_]+=$", line)}
    assert filled_in == needed, ".env.example asks for what compose needs, with no value"
    offered = {line[1:].partition("=")[0] for line in example if re.match(r"#[A-Z_]+=", line)}
    assert optional <= offered, f"add to .env.example: {optional - offered}"


@pytest.mark.parametrize(("variable", "holders"), HOLDERS.items())
def test_a_secret_goes_only_to_who_needs_it(variable: str, holders: set[str]) -> None:
    assert {name for name, one in SERVICES.items() if variable in one["environment"]} == holders


@every_service
def test_service_is_watched_and_restarted(name: str) -> None:
    service = SERVICES[name]
    if name in ONE_SHOT:
        assert service["restart"] == "no"
        return
    assert service["restart"] == "unless-stopped"
    check = service["healthcheck"]
    assert check["test"][0] == "CMD", f"{name}: an exec health check"
    assert {"interval", "timeout", "retries", "start_period"} <= set(check)


@every_service
def test_service_has_no_more_rights_than_it_needs(name: str) -> None:
    service = SERVICES[name]
    user = re.fullmatch(r"(\d+):(\d+)", service["user"])
    assert user, f"{name}: a user by number"
    assert "0" not in user.groups(), f"{name}: a user that is not root"
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["init"] is (name not in OWN_INIT)
    forbidden = {"privileged", "cap_add", "pid", "ipc", "network_mode", "devices", "container_name"}
    assert not forbidden & set(service)


@every_service
def test_service_is_bounded(name: str) -> None:
    limits = SERVICES[name]["deploy"]["resources"]["limits"]
    assert set(limits) == {"cpus", "memory", "pids"}
    for mount in SERVICES[name].get("tmpfs", []):
        assert re.search(r"size=\d+m", mount), f"{name}: {mount} is memory; give it a size"
    assert SERVICES[name]["logging"]["options"]["max-size"]


@every_service
def test_only_the_ui_is_published_and_on_loopback(name: str) -> None:
    ports = SERVICES[name].get("ports", [])
    assert bool(ports) == (name == "api-server")
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_databases_and_broker_are_on_networks_that_lead_nowhere() -> None:
    for name in ("postgres", "redis"):
        for network in SERVICES[name]["networks"]:
            assert COMPOSE["networks"][network] == {"internal": True}


@every_service
def test_images_are_pinned(name: str) -> None:
    image = SERVICES[name]["image"]
    assert re.search(r":\d+\.\d+", image), f"{name}: give {image} a full version, never latest"


@every_service
def test_what_a_service_names_exists(name: str) -> None:
    service = SERVICES[name]
    for other, wait in service.get("depends_on", {}).items():
        done = "service_completed_successfully" if other in ONE_SHOT else "service_healthy"
        assert wait["condition"] == done
        assert other in SERVICES
    for mount in service.get("configs", []):
        assert (PROJECT / COMPOSE["configs"][mount["source"]]["file"]).stat().st_mode & 0o555
    for mount in service.get("volumes", []):
        assert mount.partition(":")[0] in COMPOSE["volumes"], "named volumes only"
    assert set(service["networks"]) <= set(COMPOSE["networks"])


def test_airflow_is_set_as_on_one_machine() -> None:
    """Each option of `warehouse up`, or the reason why containers differ."""
    differs = {
        "CORE__EXECUTOR": "Celery",
        "CORE__PARALLELISM": "bounded by workers",
        "CORE__MAX_ACTIVE_TASKS_PER_DAG": "bounded by workers",
        "CORE__AUTH_MANAGER": "FAB",
        "CORE__SIMPLE_AUTH_MANAGER_USERS": "FAB",
        "CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "FAB",
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": "FAB",
        "API__HOST": "given in the command",
        "API__PORT": "given in the command",
        "API__WORKERS": "given in the command",
    }
    here = {
        variable.removeprefix("AIRFLOW__"): value
        for one in SERVICES.values()
        for variable, value in one["environment"].items()
        if variable.startswith("AIRFLOW__")
    }
    there = _one_machine()
    assert set(differs) <= set(there), "strike what is no longer an option there"
    missing = there.keys() - here.keys() - differs.keys()
    assert not missing, f"set in docker-compose.yml, or say why not: {missing}"
    places = re.compile(r"SQL_ALCHEMY_CONN|URL$|FOLDER$|DIRECTORY$|KEY$|SECRET$")
    other = {
        name: (value, here[name])
        for name, value in there.items()
        if name not in differs and not places.search(name) and here[name] != value
    }
    assert not other, f"bring in step, or say why not: {other}"


def _one_machine() -> dict[str, str]:
    from sqlalchemy import make_url

    from health_warehouse.services.airflow_environment import environment
    from health_warehouse.services.secret_files import AirflowSecrets
    from health_warehouse.settings import Settings

    fields: dict[str, Any] = dict.fromkeys(AirflowSecrets.__dataclass_fields__, "x")
    variables = environment(
        Settings(state=Path("/nowhere")), AirflowSecrets(**fields), make_url("postgresql://h/d"), 1
    )
    return {
        name.removeprefix("AIRFLOW__"): value
        for name, value in variables.items()
        if name.startswith("AIRFLOW__")
    }


def test_its_postgres_gives_the_owner_what_the_embedded_one_gives() -> None:
    script = (PROJECT / "deploy" / "compose" / "create_databases.sh").read_text(encoding="utf-8")
    missing = [
        statement
        for statement in (
            *(one.format("warehouse_owner") for one in FOR_OWNER),
            REVOKE_LARGE_OBJECTS,
        )
        if f"{statement};" not in script
    ]
    assert missing == [], "write them in deploy/compose/create_databases.sh"
    assert f"reserved_connections={RESERVED}" in SERVICES["postgres"]["command"]
