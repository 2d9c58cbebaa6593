"""docs/marts: a page per mart for those who write queries, and a list of them.

Pure: from dbt's manifest and the shipped queries to text. What misleads is written in the YAML of
the mart (`config.meta.misleads`, `English | Vietnamese`); the rest follows from its contract.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from health_warehouse.marts.contracts import OPEN, MartContract
from health_warehouse.marts.manifest import mart_nodes, parse_manifest
from health_warehouse.release.dictionary import facility_rows, grain, languages, names
from health_warehouse.release.reader_views import READERS, readable
from health_warehouse.release.shipped_queries import (
    ShippedQuery,
    benchmark_queries,
    example_queries,
)
from health_warehouse.settings import PROJECT_DIR

FOLDER = PROJECT_DIR / "docs" / "marts"
_GENERATED = (
    "<!-- Written by scripts/write_data_pages.py from the dbt project and the shipped queries;"
    " a test fails when it is stale. -->"
)
_READERS = {OPEN.schema: "bi_reader", **READERS}
_WHO = ", ".join(f"`{schema}` as {role}" for schema, role in _READERS.items())
_HEAD = f"""\
# Marts

{_GENERATED}

One page per mart: its key, joins that are right, joins that mislead, an example. Columns are in
the [dictionary](../dictionary.md). *Built from* names direct parents only; the whole graph is in
`warehouse docs`.

A mart has the same name in each schema. A login reads one of them
([who sees what](../runbooks/readers.md#who-sees-what)): {_WHO}.

| mart | one row per | built from | read in |
|---|---|---|---|"""
_SUPPRESSED = (
    "In schema `report`, cells with 1 to 4 closed cases are blank (`is_suppressed`), so sums leave"
    " them out. Never subtract `marts` from `report`.",
    "Trong lược đồ `report`, ô có 1 đến 4 ca kín bị để trống (`is_suppressed`), nên tổng sẽ thiếu."
    " Không lấy `report` trừ `marts`.",
)


def pages(manifest: Mapping[str, Any]) -> dict[str, str]:
    """The text of each file of docs/marts, by its name."""
    contracts = parse_manifest(manifest)
    nodes = mart_nodes(manifest)
    by_mart = {contract.mart: contract for contract in reversed(contracts)}
    schemas = _schemas(contracts)
    benchmarks, examples = benchmark_queries(), example_queries()
    index = [_HEAD]
    found = {}
    for name, node in nodes.items():
        parents = ", ".join(
            f"[{parent}]({parent}.md)" if parent in nodes else parent
            for parent in _parents(manifest, node)
        )
        index.append(
            f"| [{name}]({name}.md) | {grain(by_mart[name])} | {parents}"
            f" | {names(schema for schema, _ in schemas[name])} |"
        )
        reading = [query for query in benchmarks if name in query.marts]
        lines = _page(by_mart[name], nodes, schemas[name], examples[name], reading)
        found[f"{name}.md"] = "\n".join(lines) + "\n"
    index += ["\n## Queries of the BI benchmark\n", "| query | question | marts |\n|---|---|---|"]
    for query in benchmarks:
        links = ", ".join(f"[{mart}]({mart}.md)" for mart in query.marts)
        index.append(f"| {_link(query)} | {query.question} | {links} |")
    return {"README.md": "\n".join(index) + "\n", **found}


def _schemas(contracts: Sequence[MartContract]) -> dict[str, list[tuple[str, str]]]:
    """By mart: the schemas that show it, each with the role that reads it."""
    found: dict[str, list[tuple[str, str]]] = {}
    for schema, role in _READERS.items():
        for contract in readable(schema, contracts):
            found.setdefault(contract.mart, []).append((schema, role))
    return found


def _parents(manifest: Mapping[str, Any], node: Mapping[str, Any]) -> Iterator[str]:
    """Names of what a model reads: `raw.claims_xml1` for a source, the model's name else."""
    for one in node["depends_on"]["nodes"]:
        if one in manifest["sources"]:
            source = manifest["sources"][one]
            yield f"{source['schema']}.{source['name']}"
        elif one in manifest["nodes"]:
            yield manifest["nodes"][one]["name"]


def _page(
    contract: MartContract,
    nodes: Mapping[str, Mapping[str, Any]],
    schemas: Sequence[tuple[str, str]],
    example: ShippedQuery,
    benchmarks: Sequence[ShippedQuery],
) -> Iterator[str]:
    name, meta = contract.mart, nodes[contract.mart]["config"]["meta"]
    english, vietnamese = languages(contract.comment)
    yield f"# {name}\n\n{_GENERATED}\n\n{english}\n\n{vietnamese}\n"
    yield f"- Key: {names(contract.primary_key)}"
    yield "- Read in: " + ", ".join(f"`{schema}` by {role}" for schema, role in schemas)
    yield f"- Logins of single facilities: {facility_rows(contract)}"
    yield f"- Columns: [dictionary](../dictionary.md#{name})"
    yield from _figures(nodes[name])
    yield from _right_joins(name, nodes)
    yield "\n## Joins and sums that mislead / Nối và cộng dễ sai\n"
    said = [languages(text) for text in meta["misleads"]]
    for english, vietnamese in [*said, *([_SUPPRESSED] if contract.cases else [])]:
        yield f"- {english}\n  *{vietnamese}*"
    yield f"\n## Example / Ví dụ\n\n[{example.path.name}]({_to(example.path)})\n"
    yield f"```sql\n{example.text.rstrip()}\n```"
    if benchmarks:
        yield "\n## Queries that read it / Câu truy vấn có sẵn\n"
        yield from (f"- {_link(query)}: {query.question}" for query in benchmarks)


def _figures(node: Mapping[str, Any]) -> Iterator[str]:
    for rate, parts in (node["config"]["meta"].get("rates") or {}).items():
        yield f"- `{rate}` = sum(`{parts['of']}`) / sum(`{parts['over']}`)"
    for column in node["columns"].values():
        over = column["config"]["meta"].get("not_additive_over")
        if over:
            yield f"- `{column['name']}` does not add up over {names(over)}"


def _right_joins(name: str, nodes: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """By the foreign keys of the mart, and by those that lead to it."""
    leading = [*_foreign_keys(nodes[name]), *_ways_on(nodes, nodes[name])]
    reached = [
        (other, key)
        for other, node in nodes.items()
        for key in _foreign_keys(node)
        if key["to"] == name and other != name
    ]
    if leading or reached:
        yield "\n## Joins that are right / Phép nối đúng\n"
    if leading:
        yield "Each row finds one row, or none where a column of the key is null:\n"
    for key in leading:
        to = key["to"]
        yield f"- {names(key['columns'])} → [{to}]({to}.md) ({names(key['to_columns'])})"
    if reached:
        yield ("\n" if leading else "") + "A row here may be named by many rows there:\n"
    for other, key in reached:
        yield f"- [{other}]({other}.md) by {names(key['columns'])}"


def _ways_on(
    nodes: Mapping[str, Mapping[str, Any]], node: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]]:
    """Foreign keys of what a mart leads to that the mart holds itself: a line's `facility_key`."""
    known = [key["to"] for key in _foreign_keys(node)]
    for key in _foreign_keys(node):
        held = dict(zip(key["to_columns"], key["columns"], strict=True))
        for further in _foreign_keys(nodes[key["to"]]):
            if set(further["columns"]) <= set(held) and further["to"] not in known:
                known.append(further["to"])
                yield {**further, "columns": [held[column] for column in further["columns"]]}


def _foreign_keys(node: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return node["config"]["meta"].get("foreign_keys") or ()


def _link(query: ShippedQuery) -> str:
    return f"[{query.name}]({_to(query.path)})"


def _to(path: Path) -> str:
    return os.path.relpath(path, FOLDER)
