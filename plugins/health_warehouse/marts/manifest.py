"""The contracts of the marts, read from dbt's manifest.

The manifest (`STATE/dbt/target/manifest.json`) is written by every full build. A mart is a model of
schema `candidate`; its YAML gives the columns, their types and constraints, and in `config.meta`
what dbt has no word for. What a mart does not say is refused, with what to write.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any, cast, get_args

from health_warehouse.errors import ConfigurationError
from health_warehouse.marts.contracts import (
    AUDIENCE,
    CANDIDATE_SCHEMA,
    OPEN,
    STORES,
    Column,
    Division,
    FacilityView,
    ForeignKey,
    Index,
    Link,
    MartContract,
    Scope,
    Store,
)
from health_warehouse.settings import Settings

SCOPE_SCHEMA = "intermediate"
_TYPE = re.compile(r"[a-z][a-z0-9_ ]*(\(\d+(, ?\d+)?\))?( with(out)? time zone)?(\[\])?", re.I)


def manifest_path(settings: Settings) -> Path:
    return settings.state / "dbt" / "target" / "manifest.json"


def load_contracts(settings: Settings) -> tuple[MartContract, ...]:
    """Contracts of all marts in all stores, referenced ones first.

    Raises ConfigurationError when dbt has not run yet, or a mart's YAML lacks what a release needs.
    """
    path = manifest_path(settings)
    if not path.exists():
        raise ConfigurationError(f"no dbt manifest at {path}: run `warehouse build` first")
    return parse_manifest(json.loads(path.read_text(encoding="utf-8")))


def parse_manifest(manifest: Mapping[str, Any]) -> tuple[MartContract, ...]:
    """Pure part of `load_contracts`."""
    nodes = mart_nodes(manifest)
    if not nodes:
        raise ConfigurationError(f"the dbt manifest has no model in schema {CANDIDATE_SCHEMA}")
    marts = {name: _contract(name, node) for name, node in nodes.items()}
    for mart in marts.values():
        _check_references(mart, marts)
    ordered = [marts[name] for name in _referenced_first(marts)]
    return tuple(
        _in_store(mart, store, marts)
        for store in STORES
        for mart in ordered
        if store in _stores_of(nodes[mart.name])
    )


def mart_nodes(manifest: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """What dbt says of each mart, by its name, in order of the names."""
    found = {
        str(node.get("alias") or node["name"]): node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] == CANDIDATE_SCHEMA
    }
    return dict(sorted(found.items()))


def _referenced_first(marts: Mapping[str, MartContract]) -> Iterable[str]:
    graph = {
        name: sorted({key.to for key in mart.foreign_keys} - {name})
        for name, mart in sorted(marts.items())
    }
    try:
        return tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise ConfigurationError(
            f"foreign keys of the marts form a circle: {error.args[1]}"
        ) from error


def _contract(name: str, node: Mapping[str, Any]) -> MartContract:
    meta = node["config"].get("meta") or {}
    key = _primary_key(node)
    if not key:
        raise ConfigurationError(f"mart {name} has no primary_key constraint in its YAML")
    division = _division(name, meta, node, key)
    primary_key = tuple(column for column in key if column != AUDIENCE)
    return MartContract(
        name=name,
        comment=_one_line(node.get("description")),
        columns=tuple(
            _column(name, column, primary_key)
            for column in node["columns"].values()
            if column["name"] != AUDIENCE
        ),
        primary_key=primary_key,
        foreign_keys=tuple(_foreign_key(key) for key in meta.get("foreign_keys", ())),
        indexes=tuple(_index(index) for index in meta.get("indexes", ())),
        scope=_scope(name, meta.get("publish")),
        division=division,
        facility_view=_facility_view(name, meta),
        cases=_cases(name, meta),
        fill_percent=_fill_percent(name, meta.get("fill_percent", 100)),
    )


def _stores_of(node: Mapping[str, Any]) -> Sequence[Store]:
    """All, but a mart of nothing but closed rows (`closed_only: true`) has no open table."""
    if (node["config"].get("meta") or {}).get("closed_only"):
        return [store for store in STORES if store != OPEN]
    return STORES


def _in_store(mart: MartContract, store: Store, marts: Mapping[str, MartContract]) -> MartContract:
    """In a closed store a foreign key leads to a mart that is computed twice, for that holds every
    member that a closed row names; a closed row of a fact may belong to an open encounter."""
    if store == OPEN:
        return mart
    return replace(
        mart,
        name=f"{store.schema}.{mart.name}",
        store=store,
        foreign_keys=tuple(
            replace(key, to=f"{store.schema}.{key.to}")
            for key in mart.foreign_keys
            if marts[key.to].division == "twice"
        ),
    )


def _division(
    name: str, meta: Mapping[str, Any], node: Mapping[str, Any], key: Sequence[str]
) -> Division:
    said = meta.get("closed")
    if said not in get_args(Division):
        raise ConfigurationError(
            f"mart {name} does not say how closed rows are told from open ones: write "
            "`closed: by_row` (a row is a function of one document) or `closed: twice` (of "
            f"several) into config.meta of its YAML, not {said!r}"
        )
    if AUDIENCE not in node["columns"]:
        raise ConfigurationError(f"mart {name} has no column {AUDIENCE}: open, or a closed class")
    if (said == "twice") != (AUDIENCE in key):
        raise ConfigurationError(
            f"mart {name} is closed {said}: {AUDIENCE} "
            + ("must be the last column" if said == "twice" else "must not be a column")
            + " of its primary key"
        )
    return cast(Division, said)


def _facility_view(name: str, meta: Mapping[str, Any]) -> FacilityView | None:
    """`none`, `all`, or what FacilityView says. No default: a mart that says nothing is refused."""
    said = meta.get("facility_view")
    if said == "none":
        return None
    if said == "all":
        return FacilityView()
    if not isinstance(said, Mapping) or not ({"by", "through"} & set(said)):
        raise ConfigurationError(
            f"mart {name} does not say who sees its rows: write `facility_view: "
            "{by: [facility_key]}`, `{through: {mart: …, columns: […]}}`, `all` or `none` into "
            "config.meta of its YAML"
        )
    return FacilityView(
        by=tuple(said.get("by", ())),
        through=_link(said.get("through")),
        without=tuple(said.get("without", ())),
        keys=tuple((said.get("keys") or {}).items()),
    )


def _cases(name: str, meta: Mapping[str, Any]) -> str | None:
    cases = meta.get("cases")
    if name.startswith("rpt_") and not cases:
        raise ConfigurationError(
            f"report {name} does not say which column counts its cases: write `cases: …` into "
            "config.meta of its YAML, by which small cells are suppressed"
        )
    return cases


def _column(mart: str, node: Mapping[str, Any], primary_key: Sequence[str]) -> Column:
    data_type = str(node.get("data_type") or "")
    if not _TYPE.fullmatch(data_type):  # the text goes into CREATE TABLE
        raise ConfigurationError(f"{mart}.{node['name']}: not a data type: {data_type!r}")
    kinds = {constraint["type"] for constraint in node.get("constraints") or ()}
    return Column(
        name=node["name"],
        data_type=data_type,
        comment=_one_line(node.get("description")),
        is_required=bool(kinds & {"not_null", "primary_key"}) or node["name"] in primary_key,
    )


def _primary_key(node: Mapping[str, Any]) -> tuple[str, ...]:
    for constraint in node.get("constraints") or ():
        if constraint["type"] == "primary_key":
            return tuple(constraint["columns"])
    return tuple(
        column["name"]
        for column in node["columns"].values()
        if any(one["type"] == "primary_key" for one in column.get("constraints") or ())
    )


def _foreign_key(meta: Mapping[str, Any]) -> ForeignKey:
    columns = tuple(meta["columns"])
    return ForeignKey(columns, meta["to"], tuple(meta.get("to_columns") or columns))


def _index(meta: Mapping[str, Any]) -> Index:
    return Index(tuple(meta["columns"]), tuple(meta.get("include", ())))


def _fill_percent(mart: str, value: Any) -> int:
    if not (isinstance(value, int) and 10 <= value <= 100):
        raise ConfigurationError(f"mart {mart}: fill_percent is 10 to 100, not {value!r}")
    return value


def _scope(name: str, publish: Mapping[str, Any] | None) -> Scope | None:
    """The model that `publish.scope` names, or the relation that the mart itself makes."""
    if not publish:
        return None
    relation = str(publish.get("scope") or own_scope(name)).removeprefix(f"{SCOPE_SCHEMA}.")
    return Scope(relation, tuple(publish["keys"]), tuple(publish.get("feeds", ())))


def own_scope(name: str) -> str:
    """Where a mart notes its affected keys (dbt_project/macros/affected_keys.sql)."""
    return f"{name}__affected"


def _link(meta: Mapping[str, Any] | None) -> Link | None:
    return Link(str(meta["mart"]), tuple(meta["columns"])) if meta else None


def _check_references(contract: MartContract, contracts: Mapping[str, MartContract]) -> None:
    known = set(contract.column_names)
    named = {
        *contract.primary_key,
        *(name for index in contract.needed_indexes for name in (*index.columns, *index.include)),
        *([contract.cases] if contract.cases else []),
        *_named_by_view(contract.facility_view),
    }
    if missing := sorted(named - known):
        raise ConfigurationError(f"mart {contract.name} has no column {', '.join(missing)}")
    for key in contract.foreign_keys:
        target = contracts.get(key.to)
        if target is None:
            raise ConfigurationError(f"mart {contract.name} refers to {key.to}, which is no mart")
        if set(key.to_columns) != set(target.primary_key):
            raise ConfigurationError(
                f"mart {contract.name} refers to {key.to} ({', '.join(key.to_columns)}), "
                f"which is not its primary key ({', '.join(target.primary_key)})"
            )


def _named_by_view(view: FacilityView | None) -> Iterable[str]:
    if view is None:
        return ()
    through = view.through.columns if view.through else ()
    return (*view.by, *view.without, *through, *(name for pair in view.keys for name in pair))


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())
