"""The project as dbt reads it, beside a built warehouse without a row."""

from __future__ import annotations

import json
from typing import Any

import pytest

from health_warehouse.release import dbt
from health_warehouse.release.build import build
from health_warehouse.settings import Settings

_WARNINGS = {"error": "all", "silence": ["UnsupportedConstraintMaterialization"]}


@pytest.fixture(scope="module")
def warehouse(module_settings: Settings) -> Settings:
    """A built candidate without a row: unit tests read the types of its relations."""
    build(module_settings)
    return module_settings


@pytest.fixture(scope="module")
def manifest(warehouse: Settings) -> dict[str, Any]:
    dbt.parse(warehouse, "--no-partial-parse", "--warn-error-options", json.dumps(_WARNINGS))
    path = warehouse.state / "dbt" / "target" / "manifest.json"
    return dict(json.loads(path.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def models(manifest: dict[str, Any]) -> dict[str, Any]:
    found = {
        node["name"]: node
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed")
    }
    assert len(found) > 20
    return found
