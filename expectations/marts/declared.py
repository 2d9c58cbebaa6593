"""The marts as the YAML of the dbt project declares them: keys, references, what a build affects.

A new mart or reference is judged without a line here. The rules are made when this package is
imported, before any database is there, so the YAML is read and not dbt's manifest.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import yaml

from health_warehouse.marts.contracts import (
    CANDIDATE_SCHEMA,
    OPEN,
    STORES,
    ForeignKey,
    MartContract,
)
from health_warehouse.marts.manifest import parse_manifest
from health_warehouse.settings import PROJECT_DIR

_PLACE = ("facility_key", "encounter_key")
_FOLDER = PROJECT_DIR / "dbt_project" / "models" / "marts"

# Who a row is computed for, and whose documents it sees. Written out again here on purpose.
AUDIENCES = "(values ('open', array['open']){}) as audiences (audience, sees)".format(
    "".join(
        f", ('{store.audience}', array['open', '{store.audience}'])"
        for store in STORES
        if store != OPEN
    )
)


@cache
def marts() -> tuple[MartContract, ...]:
    """One contract per mart, with all its foreign keys; those of nothing but closed rows too."""
    contracts = {contract.mart: contract for contract in reversed(parse_manifest(_nodes()))}
    return tuple(contracts[name] for name in sorted(contracts))


def references() -> Iterator[tuple[MartContract, ForeignKey, MartContract]]:
    """Every foreign key: the mart, the key, and the mart that it leads to."""
    by_name = {contract.mart: contract for contract in marts()}
    for node in _nodes()["nodes"].values():
        for key in node["config"]["meta"].get("foreign_keys", ()):
            columns = tuple(key["columns"])
            to_columns = tuple(key.get("to_columns") or columns)
            yield (
                by_name[node["name"]],
                ForeignKey(columns, key["to"], to_columns),
                by_name[key["to"]],
            )


def scope_of(mart: MartContract) -> tuple[str, str]:
    """The relation of the keys that a build affected, and its columns, joined by commas."""
    if mart.scope is None:
        raise ValueError(f"mart {mart.mart} has no scope in its YAML")
    return f"intermediate.{mart.scope.relation}", ", ".join(mart.scope.columns)


def rows_in_scope(mart: MartContract, alias: str) -> str:
    """`cross join … join …`: the rows of the candidate that a build affected, as `alias`."""
    relation, columns = scope_of(mart)
    if mart.scope and mart.scope.feeds:
        feeds = ", ".join(f"'{feed}'" for feed in mart.scope.feeds)
        changed = f"(select from {relation} where feed in ({feeds}) limit 1)"
        return f"cross join {changed} as changed\ncross join candidate.{mart.mart} as {alias}"
    return f"cross join {relation}\njoin candidate.{mart.mart} as {alias} using ({columns})"


def affected_keys(mart: str) -> str:
    """The relation of the keys of a mart, by its name, that a build affected."""
    return scope_of(next(one for one in marts() if one.mart == mart))[0]


def keys_of(mart: MartContract, relation: str) -> str:
    """Selects what tells people where a row lies, as far as the mart has it: `a, b, `."""
    names = [column.name for column in mart.columns]
    return "".join(f"{relation}.{name}, " for name in _PLACE if name in names)


def _nodes() -> dict[str, Any]:
    """In the form of dbt's manifest."""
    nodes = {}
    for path in sorted(_FOLDER.rglob("*.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]:
            nodes[model["name"]] = model | {
                "resource_type": "model",
                "schema": CANDIDATE_SCHEMA,
                "columns": {column["name"]: column for column in model["columns"]},
            }
    return {"nodes": nodes}
