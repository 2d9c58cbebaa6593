"""The staging models of lists, written from their contracts: what counts now, named and typed.

A list is read by models of its own, so its columns stand in the dbt project; a test fails when they
are not those of the contract. Check-ins have a model written by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from health_warehouse.feeds.catalogue import built_in
from health_warehouse.feeds.contract import Column, Contract
from health_warehouse.settings import PROJECT_DIR

_MODELS = PROJECT_DIR / "dbt_project" / "models"
FOLDER = _MODELS / "staging" / "lists"
SOURCES = _MODELS / "sources" / "feeds.yml"
_BY_HAND = frozenset({"check_ins"})
_WRITTEN = "written by scripts/write_data_pages.py from the contract"

_LINEAGE = {
    "document_key": ("uuid", "Key of the row, within its partition."),
    "partition_key": ("text", "What its delivery replaces as a whole; blank where nothing is."),
    "sender_id": ("text", "Code of who sent it."),
    "as_of": ("date", "Day that its list speaks of; null where a list has none."),
    "received_at": ("timestamptz", "When its delivery counts as received."),
    "person_key": ("uuid", "Key of the person that it names, in the domain of the contract."),
    "practitioner_key": ("uuid", "Key by which lines of claims name the practitioner."),
}
_KEYWORDS = frozenset({"procedures"})
"""Names that sqlfluff takes for words of SQL."""

_TYPES = {
    "integer": "bigint",
    "number": "numeric",
    "date": "date",
    "time": "timestamp without time zone",
    "boolean": "boolean",
}


def files() -> dict[Path, str]:
    """Every file as it should be, by its path."""
    contracts = [contract for contract in built_in().values() if contract.is_of_rows]
    found = {SOURCES: _sources(contracts)}
    for contract in contracts:
        if contract.feed not in _BY_HAND:
            path = FOLDER / f"{model_name(contract)}.sql"
            found[path] = _model(contract)
            found[path.with_suffix(".yml")] = _properties(contract)
    return found


def model_name(contract: Contract) -> str:
    """Name of the staging model of a list."""
    return f"stg_lists__{contract.feed}"


def _columns(contract: Contract) -> Iterator[Column]:
    yield from (column for column in contract.table.columns if not column.is_personal)


def _lineage(contract: Contract) -> Iterator[str]:
    identity = contract.identity
    absent = set() if identity else {"person_key"}
    if identity is None or identity.licence is None:
        absent.add("practitioner_key")
    yield from (name for name in _LINEAGE if name not in absent)


def _model(contract: Contract) -> str:
    plain = [*_lineage(contract)]
    cast = []
    for column in _columns(contract):
        if column.type == "integer":
            noted = "  -- noqa: RF04" if column.name in _KEYWORDS else ""
            cast.append((f"cast({column.name} as bigint) as {column.name}", noted))
        else:
            plain.append(column.name)
    columns = [(name, "") for name in plain] + cast
    last = len(columns) - 1
    listed = "\n    ".join(
        f"{text}{',' if at < last else ''}{noted}" for at, (text, noted) in enumerate(columns)
    )
    return f"""\
-- One row per {contract.table.grain.en} that counts now, named and typed.
-- {_WRITTEN[:1].upper()}{_WRITTEN[1:]}.
-- No WITH in a view: Postgres would not flatten it.
select
    {listed}
from {{{{ source('feeds', '{contract.feed}') }}}}
"""  # noqa: S608 - a model, of names that contracts are held to


def _properties(contract: Contract) -> str:
    columns = [
        {"name": name, "description": _LINEAGE[name][1], "data_type": _LINEAGE[name][0]}
        for name in _lineage(contract)
    ]
    columns += [
        {
            "name": column.name,
            "description": f"{column.meaning.en.rstrip('.')}.",
            "data_type": _TYPES.get(column.type, "text"),
        }
        for column in _columns(contract)
    ]
    model = {
        "name": model_name(contract),
        "description": f"One row per {contract.table.grain.en} that counts now, named and typed.",
        "columns": columns,
    }
    return f"# {_WRITTEN[:1].upper()}{_WRITTEN[1:]}.\n" + _dumped({"models": [model]})


def _sources(contracts: list[Contract]) -> str:
    source = {
        "name": "feeds",
        "description": "Feeds of rows as they stand now, one view per feed, made by its contract: "
        "typed, without personal columns. A build is due when documents of a feed change that is "
        "listed here.",
        "schema": "feeds",
        "tables": [
            {
                "name": contract.feed,
                "description": f"One row per {contract.table.grain.en} that counts now.",
            }
            for contract in contracts
        ],
    }
    return f"# {_WRITTEN[:1].upper()}{_WRITTEN[1:]}s.\n" + _dumped({"sources": [source]})


class _Indented(yaml.SafeDumper):
    """Lists stand two spaces in, as everywhere in the project."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, False)


def _dumped(value: object) -> str:
    text: str = yaml.dump(value, Dumper=_Indented, allow_unicode=True, sort_keys=False, width=100)
    return text
