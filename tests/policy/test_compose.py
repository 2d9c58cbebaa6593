"""docker-compose.yml, read as data: no secret in it, every service watched, known options only."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from parsed_dags import PROJECT

COMPOSE: dict[str, Any] = yaml.safe_load(
    (PROJECT / "docker-compose.yml").read_text(encoding="utf-8")
)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
ONE_SHOT = {"migrate"}
KNOWN_KEYS = {
    "image", "build", "command", "environment", "configs", "volumes", "ports", "healthcheck",
    "restart", "depends_on", "stop_grace_period", "shm_size",
}  # fmt: skip

every_service = pytest.mark.parametrize("name", SERVICES)


def test_all_parts_are_there() -> None:
    assert set(SERVICES) == {
        "postgres", "migrate", "api-server", "scheduler", "dag-processor", "triggerer",
    }  # fmt: skip


@every_service
def test_service_uses_keys_that_we_know(name: str) -> None:
    unknown = set(SERVICES[name]) - KNOWN_KEYS
    assert not unknown, f"{name}: misspelt, or to be added to KNOWN_KEYS: {unknown}"


@every_service
def test_no_secret_is_written_down(name: str) -> None:
    for variable, value in SERVICES[name]["environment"].items():
        if re.search(r"PASSWORD$|KEY$|SECRET$|DSN$|SQL_ALCHEMY_CONN", variable):
            assert re.search(r"\$\{[A-Z_]+:\?[^}]+\}", value), (
                f"{name}.{variable}: take it from .env, and fail when it is missing: ${{NAME:?why}}"
            )


@every_service
def test_service_is_watched_and_restarted(name: str) -> None:
    service = SERVICES[name]
    if name in ONE_SHOT:
        assert service["restart"] == "no"
        return
    assert service["restart"] == "unless-stopped"
    check = service["healthcheck"]
    assert check["test"][0] == "CMD", f"{name}: an exec health check, no shell"
    assert {"interval", "timeout", "retries"} <= set(check)


@every_service
def test_ports_are_on_loopback(name: str) -> None:
    for port in SERVICES[name].get("ports", []):
        assert port.startswith("127.0.0.1:"), f"{name}: publish {port} on 127.0.0.1 only"


@every_service
def test_images_are_pinned(name: str) -> None:
    image = SERVICES[name]["image"]
    assert re.search(r":\d+\.\d+", image), f"{name}: give {image} a full version, never latest"


@every_service
def test_what_a_service_waits_for_exists(name: str) -> None:
    for other, wait in SERVICES[name].get("depends_on", {}).items():
        done = "service_completed_successfully" if other in ONE_SHOT else "service_healthy"
        assert wait["condition"] == done
        assert other in SERVICES
    for mount in SERVICES[name].get("configs", []):
        assert mount["source"] in COMPOSE["configs"]
    for mount in SERVICES[name].get("volumes", []):
        assert mount.partition(":")[0] in COMPOSE["volumes"]


def test_the_head_names_every_variable_of_dot_env() -> None:
    text = (PROJECT / "docker-compose.yml").read_text(encoding="utf-8")
    head = "".join(line for line in text.splitlines(keepends=True) if line.startswith("#"))
    needed = set(re.findall(r"\$\{([A-Z_]+):\?", text))
    assert needed
    assert {name for name in needed if name not in head} == set()


def test_every_airflow_option_exists() -> None:
    """A misspelt option is ignored by Airflow without a word."""
    from airflow.configuration import conf

    variables = [v for s in SERVICES.values() for v in s["environment"] if "__" in v]
    assert variables
    known = conf.configuration_description
    for variable in set(variables):
        _, section, option = variable.lower().split("__")
        if section == "core" and option.startswith("simple_auth_manager"):
            continue  # declared by the auth manager itself
        assert option in known.get(section, {"options": {}})["options"], f"no option {variable}"
