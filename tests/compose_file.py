"""docker-compose.yml as data, and its services as they would run on this machine without Docker.

What compose starts is what is run here: command, environment and health check are taken from the
file, with `.env` filled in. Only names that containers give are put in other words: hosts, ports
and folders.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from parsed_dags import PROJECT

COMPOSE: dict[str, Any] = yaml.safe_load(
    (PROJECT / "docker-compose.yml").read_text(encoding="utf-8")
)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
# What the image itself sets (Dockerfile, ENV) and every process finds.
IMAGE_ENVIRONMENT = {"LANG": "C.UTF-8"}


@dataclass(frozen=True)
class Service:
    """One service, ready to run: nothing of the caller's environment is in `environment`."""

    name: str
    command: list[str]
    environment: dict[str, str]
    health_check: list[str]


def interpolated(text: str, values: Mapping[str, str]) -> str:
    """As compose reads a string: `$$`, `${NAME:?why}`, `${NAME:-default}`.

    Raises KeyError for a variable that must be set and is not.
    """

    def fill(match: re.Match[str]) -> str:
        if match["name"] is None:
            return "$"
        if match["default"] is not None:
            return values.get(match["name"], "") or match["default"]
        return values[match["name"]]

    return re.sub(r"\$(?:\$|\{(?P<name>[A-Z_]+)(?::-(?P<default>[^}]*)|:\?[^}]*)\})", fill, text)


def service(
    name: str,
    values: Mapping[str, str],
    places: Mapping[str, str] | None = None,
    files: Mapping[str, Mapping[str, str]] | None = None,
) -> Service:
    """The service with `.env` = `values`; each key of `places` is replaced by its value.

    `files` are the files beside it that `env_file` may name, by their path. What `environment`
    sets is stronger.
    """
    told = SERVICES[name]
    places = places or {}
    longest_first = sorted(places, key=len, reverse=True)
    # One pass, so that none replaces another; `(?!)` matches nothing.
    known = re.compile("|".join(map(re.escape, longest_first)) or "(?!)")

    def here(text: str) -> str:
        return known.sub(lambda found: places[found[0]], interpolated(str(text), values))

    of_files: dict[str, str] = {}
    for file in told.get("env_file", []):
        of_files |= (files or {}).get(file["path"], {})
    check = [here(word) for word in told.get("healthcheck", {}).get("test", [])]
    assert not check or check[0] == "CMD"
    return Service(
        name,
        [here(word) for word in told["command"]],
        IMAGE_ENVIRONMENT | of_files | {k: here(v) for k, v in told.get("environment", {}).items()},
        check[1:],
    )
