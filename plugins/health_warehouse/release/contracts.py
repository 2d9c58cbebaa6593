"""What dbt promises about each mart, read from its manifest. Nothing here knows a claim.

The manifest (`STATE/dbt/target/manifest.json`) is written by every full build. A mart is a model of
schema `candidate`; its YAML gives the columns, their types and constraints, and in `config.meta`
what dbt has no word for: foreign keys between marts, indexes for readers, how full pages are, and
the relation of touched keys that limits what a publication compares.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from health_warehouse.errors import ConfigurationError
from health_warehouse.settings import Settings

CANDIDATE_SCHEMA = "candidate"
_SCOPE_SCHEMA = "intermediate"
_TYPE = re.compile(r"[a-z][a-z0-9_ ]*(\(\d+(, ?\d+)?\))?( with(out)? time zone)?(\[\])?", re.I)


@dataclass(frozen=True)
class Column:
    """`data_type` is as Postgres reads it, e.g. `numeric(18,2)`."""

    name: str
    data_type: str
    comment: str
    is_required: bool


@dataclass(frozen=True)
class ForeignKey:
    columns: tuple[str, ...]
    to: str
    to_columns: tuple[str, ...]


@dataclass(frozen=True)
class Index:
    """Finds rows by `columns`, in that order; `include` is read from it, without the table."""

    columns: tuple[str, ...]
    include: tuple[str, ...] = ()

    def serves(self, wanted: Index) -> bool:
        """Whether it does all that another one would: it begins with its columns."""
        held = {*self.columns, *self.include}
        begins_so = self.columns[: len(wanted.columns)] == wanted.columns
        return begins_so and held.issuperset(wanted.include)


@dataclass(frozen=True)
class Scope:
    """The keys that an incremental build touched: `columns` of `intermediate.<relation>`.

    The columns have the same names in the mart.
    """

    relation: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Link:
    """A row is shown to readers who see a row of `mart` with the same `columns`."""

    mart: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class MartContract:
    """One mart. Without a scope every publication compares all its rows (small tables only).

    `sensitivity` is null or `hiv`. `fill_percent` leaves room on each page for rows that change:
    one that finds room on its page needs no new entry in any index.
    """

    name: str
    comment: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...] = ()
    indexes: tuple[Index, ...] = ()
    scope: Scope | None = None
    sensitivity: str | None = None
    visible_through: Link | None = None
    fill_percent: int = 100

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def content_names(self) -> tuple[str, ...]:
        """Columns outside the primary key."""
        return tuple(name for name in self.column_names if name not in self.primary_key)

    @property
    def needed_indexes(self) -> tuple[Index, ...]:
        """Indexes beside the primary key's: of readers, of foreign keys, of the scope.

        A foreign key without an index makes the removal of a dimension row scan the fact.
        """
        keys = [key.columns for key in self.foreign_keys]
        scope = [self.scope.columns] if self.scope else []
        return tuple(dict.fromkeys([*self.indexes, *map(Index, [*keys, *scope])]))


def manifest_path(settings: Settings) -> Path:
    return settings.state / "dbt" / "target" / "manifest.json"


def load_contracts(settings: Settings) -> tuple[MartContract, ...]:
    """Contracts of all marts, referenced ones first.

    Raises ConfigurationError when dbt has not run yet, or a mart's YAML lacks what a release needs.
    """
    path = manifest_path(settings)
    if not path.exists():
        raise ConfigurationError(f"no dbt manifest at {path}: run `warehouse build` first")
    return parse_manifest(json.loads(path.read_text(encoding="utf-8")))


def parse_manifest(manifest: Mapping[str, Any]) -> tuple[MartContract, ...]:
    """Pure part of `load_contracts`."""
    contracts = {
        contract.name: contract
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] == CANDIDATE_SCHEMA
        for contract in [_contract(node)]
    }
    if not contracts:
        raise ConfigurationError(f"the dbt manifest has no model in schema {CANDIDATE_SCHEMA}")
    for contract in contracts.values():
        _check_references(contract, contracts)
    graph = {
        name: sorted({key.to for key in contract.foreign_keys} - {name})
        for name, contract in sorted(contracts.items())
    }
    try:
        return tuple(contracts[name] for name in TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise ConfigurationError(
            f"foreign keys of the marts form a circle: {error.args[1]}"
        ) from error


def _contract(node: Mapping[str, Any]) -> MartContract:
    name = str(node.get("alias") or node["name"])
    meta = node["config"].get("meta") or {}
    primary_key = _primary_key(node)
    if not primary_key:
        raise ConfigurationError(f"mart {name} has no primary_key constraint in its YAML")
    return MartContract(
        name=name,
        comment=_one_line(node.get("description")),
        columns=tuple(_column(name, column, primary_key) for column in node["columns"].values()),
        primary_key=primary_key,
        foreign_keys=tuple(_foreign_key(key) for key in meta.get("foreign_keys", ())),
        indexes=tuple(_index(index) for index in meta.get("indexes", ())),
        scope=_scope(meta.get("publish") or {}),
        sensitivity=meta.get("sensitivity"),
        visible_through=_link(meta.get("visible_through")),
        fill_percent=_fill_percent(name, meta.get("fill_percent", 100)),
    )


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


def _scope(meta: Mapping[str, Any]) -> Scope | None:
    if not meta.get("scope"):
        return None
    relation = str(meta["scope"]).removeprefix(f"{_SCOPE_SCHEMA}.")
    return Scope(relation, tuple(meta["keys"]))


def _link(meta: Mapping[str, Any] | None) -> Link | None:
    return Link(str(meta["mart"]), tuple(meta["columns"])) if meta else None


def _check_references(contract: MartContract, contracts: Mapping[str, MartContract]) -> None:
    known = set(contract.column_names)
    named = {
        *contract.primary_key,
        *(name for index in contract.needed_indexes for name in (*index.columns, *index.include)),
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


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())
