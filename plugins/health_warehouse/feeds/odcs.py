"""A contract as a document of the Open Data Contract Standard (3.1.0), for other tools.

What the standard has no word for stands in `customProperties`, in the standard's camel case.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from hashlib import sha256
from typing import Any

import yaml

from health_warehouse.feeds.contract import Closed, Column, Contract, Replacement, Table
from health_warehouse.feeds.ddl import comment
from health_warehouse.reference.due import Due

_TYPES = {
    "text": "string",
    "code": "string",
    "integer": "integer",
    "number": "number",
    "date": "date",
    "time": "timestamp",
    "boolean": "boolean",
}

Document = dict[str, Any]


def odcs_yaml(contract: Contract) -> str:
    """The document as YAML."""
    return yaml.safe_dump(odcs_document(contract), allow_unicode=True, sort_keys=False, width=100)


def odcs_document(contract: Contract) -> Document:
    """The document as values of JSON. `version` is a hash of what it says."""
    said: Document = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": f"health-warehouse-{contract.feed}",
        "name": contract.title.en,
        "version": "",
        "status": "active",
        "description": {"purpose": f"{contract.title.en} | {contract.title.vi}"},
        "team": {"name": contract.owner},
        "schema": [_table(contract, table) for table in contract.tables],
        "slaProperties": list(_rhythm(contract)),
        "customProperties": _custom(_of_contract(contract)),
    }
    said = {key: value for key, value in said.items() if value != []}
    told = json.dumps(said, ensure_ascii=False, sort_keys=True)
    return {**said, "version": sha256(told.encode()).hexdigest()[:12]}


def _table(contract: Contract, table: Table) -> Document:
    is_document = table is contract.tables[0]
    keys = contract.document_key if is_document else ()
    partition = contract.partition if is_document else ()
    return {
        "name": table.name,
        "physicalName": f"raw.{table.raw_table}",
        "physicalType": "table",
        "logicalType": "object",
        "description": f"{comment(table)} | {table.grain.vi}",
        "dataGranularityDescription": table.grain.en,
        "properties": [_column(column, keys, partition) for column in table.columns],
        "customProperties": _custom(
            {"lineage": list(table.lineage), "personKey": table.person_key}
        ),
    }


def _column(column: Column, keys: tuple[str, ...], partition: tuple[str, ...]) -> Document:
    meaning = f"{column.meaning.en} | {column.meaning.vi}".removesuffix(" | ")
    said: Document = {
        "name": column.name,
        "businessName": column.label,
        "description": meaning,
        "logicalType": _TYPES[column.type],
        "physicalType": "text",
        "required": column.is_required,
        "unique": column.is_unique,
    }
    if options := _options(column):
        said["logicalTypeOptions"] = options
    if column.name in keys:
        said |= {"primaryKey": True, "primaryKeyPosition": keys.index(column.name) + 1}
    if column.name in partition:
        said |= {"partitioned": True, "partitionKeyPosition": partition.index(column.name) + 1}
    if column.personal:
        said["classification"] = column.personal
    if quality := list(_quality(column)):
        said["quality"] = quality
    if custom := _custom(_of_column(column)):
        said["customProperties"] = custom
    return said


def _options(column: Column) -> Document:
    """What the standard lets a type have."""
    logical = _TYPES[column.type]
    if logical == "string" and column.length is not None:
        return {"maxLength": column.length}
    bounds = {"minimum": column.lowest, "maximum": column.highest}
    return {key: bound for key, bound in bounds.items() if bound is not None}


def _quality(column: Column) -> Iterator[Document]:
    """What a value must honour beyond its type."""
    if column.values:
        yield {
            "type": "library",
            "metric": "invalidValues",
            "arguments": {"validValues": list(column.values)},
            "mustBe": 0,
            "severity": column.severity,
        }
    if column.code_list:
        yield {
            "type": "text",
            "description": f"a code of the list {column.code_list}",
            "severity": column.severity,
        }
    if column.not_after:
        yield {
            "type": "text",
            "description": f"not after {column.not_after}",
            "severity": column.severity,
        }


def _of_column(column: Column) -> Mapping[str, Any]:
    return {
        "type": column.type,
        "labels": list(column.labels),
        "length": column.length,
        "formats": list(column.formats),
        "codeKind": column.kind,
        "codeList": column.code_list,
        "notAfter": column.not_after,
        "since": column.since and column.since.isoformat(),
        "until": column.until and column.until.isoformat(),
        "requiredThen": column.is_required_then or None,
        "severity": column.severity,
        "source": column.source,
        "confidence": column.confidence,
    }


def _of_contract(contract: Contract) -> Mapping[str, Any]:
    expect, identity, refuse = contract.expect, contract.identity, contract.refuse
    return {
        "feed": contract.feed,
        "mode": contract.mode,
        "reader": list(contract.readers),
        "locale": contract.locale,
        "locales": dict(contract.locales),
        "options": dict(contract.options),
        "match": list(contract.match),
        "sender": {"kind": contract.sender.kind, "of": contract.sender.of},
        "documentKey": list(contract.document_key),
        "partition": list(contract.partition),
        "asOf": [{"kind": one.kind, "of": one.of} for one in contract.as_of],
        "newer": contract.newer,
        "speaksFor": contract.speaks_for,
        "missing": contract.missing,
        "owedBy": expect.who if expect else None,
        "graceDays": expect.grace_days if expect else None,
        "refuse": {
            "empty": refuse.is_empty,
            "headerMissing": refuse.is_header_missing,
            "shrinksByMoreThan": refuse.shrinks_by_more_than,
        },
        "replacement": _replacement(contract.replacement),
        "identity": _written(identity) if identity else None,
        "closed": _closed(contract.closed),
        "gate": contract.gate,
    }


def _replacement(asked: Replacement | None) -> Any:
    if asked is None:
        return None
    return {"samePerson": asked.same_person, "sameDays": list(asked.same_days)}


def _closed(closed: Closed | None) -> Any:
    if closed is None:
        return "none"
    kinds = ("icd", "drug", "service", "disease")
    said = {kind: list(getattr(closed, kind)) for kind in kinds}
    return {**said, "refersTo": dict(closed.refers_to)}


def _rhythm(contract: Contract) -> Iterator[Document]:
    expect = contract.expect
    if expect is None:
        return
    due = Due.of(expect.due)
    yield {"property": "frequency", "value": 1, "unit": expect.every}
    yield {
        "property": "latency",
        "value": expect.due if due.at else due.count,
        "unit": "date" if due.at else "working day" if due.is_working else "day",
        "description": f"{expect.due} after the period",
    }


def _written(said: Any) -> Document:
    """What of a part of a contract is not blank."""
    values = {one.name: getattr(said, one.name) for one in fields(said)}
    return {_camel(name): value for name, value in values.items() if value is not None}


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


def _custom(values: Mapping[str, Any]) -> list[Document]:
    blank: tuple[Any, ...] = (None, "", [], {})
    return [
        {"property": name, "value": value} for name, value in values.items() if value not in blank
    ]
