"""Which feeds of rows the models read: those that dbt has as sources."""

from __future__ import annotations

from functools import cache

import yaml

from health_warehouse.release.dbt import DBT_PROJECT_DIR

_SOURCES = "models/sources/feeds.yml"


@cache
def feeds_of_models() -> tuple[str, ...]:
    """Their names. A feed that no model reads makes no build due."""
    content = yaml.safe_load((DBT_PROJECT_DIR / _SOURCES).read_text(encoding="utf-8"))
    (source,) = content["sources"]
    return tuple(sorted(table["name"] for table in source["tables"]))
