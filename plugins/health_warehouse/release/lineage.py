"""What each mart is built from, as docs/lineage.md shows it. Pure: from dbt's manifest to text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from health_warehouse.marts.contracts import CANDIDATE_SCHEMA

Manifest = Mapping[str, Any]

_HEAD = """\
# Lineage

<!-- Written by scripts/write_data_pages.py from the dbt project; a test fails when it is stale. -->

What every mart is built from, by dbt's own account. Boxes with round corners are tables that the
loader fills (`raw`, `ops`, `ref`) and lists that come with the project; the models between them
and the marts are views or tables of `staging` and `intermediate`. A mart is built in `candidate`
and published in `marts` under the same name. Columns: [dictionary.md](dictionary.md).

## Marts and their sources
"""
_LEDGER = ("ops.builds", "ops.dossier_changes", "ops.dossier_versions")
_SHORT = f"""
The ledger ({", ".join(f"`{name}`" for name in _LEDGER)}) decides for every mart which dossier
versions count and what a build covers. It is left out above.
"""


def marts(manifest: Manifest) -> dict[str, str]:
    """Unique ids of the marts by name, in order of their names."""
    found = {
        node["name"]: unique_id
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["schema"] == CANDIDATE_SCHEMA
    }
    return dict(sorted(found.items()))


def relation(manifest: Manifest, unique_id: str) -> str:
    """How people name it: `raw.claims_xml1` for a source, the model's name else."""
    if unique_id in manifest["sources"]:
        source = manifest["sources"][unique_id]
        return f"{source['schema']}.{source['name']}"
    return str(manifest["nodes"][unique_id]["name"])


def ancestors(manifest: Manifest, unique_id: str) -> set[str]:
    """Everything that a model is built from, near or far."""
    found: set[str] = set()
    open_ends = [unique_id]
    while open_ends:
        for parent in _parents(manifest, open_ends.pop()):
            if parent not in found:
                found.add(parent)
                open_ends.append(parent)
    return found


def origins(manifest: Manifest, unique_id: str) -> list[str]:
    """Names of the sources and lists that a model is built from, the ledger left out."""
    names = {
        relation(manifest, one)
        for one in ancestors(manifest, unique_id)
        if not _parents(manifest, one)
    }
    return sorted(names - set(_LEDGER), key=_natural)


def page(manifest: Manifest) -> str:
    """docs/lineage.md."""
    by_name = marts(manifest)
    overview = [
        (origin, name) for name, one in by_name.items() for origin in origins(manifest, one)
    ]
    parts = [_HEAD, *_graph(overview, {origin for origin, _ in overview}), _SHORT]
    for name, unique_id in by_name.items():
        within = ancestors(manifest, unique_id) | {unique_id}
        edges = [
            (relation(manifest, parent), relation(manifest, child))
            for child in within
            for parent in _parents(manifest, child)
        ]
        roots = {relation(manifest, one) for one in within if not _parents(manifest, one)}
        parts += [f"\n## {name}\n", *_graph(edges, roots)]
    return "\n".join(parts)


def _parents(manifest: Manifest, unique_id: str) -> list[str]:
    if unique_id in manifest["sources"]:
        return []
    nodes = manifest["nodes"][unique_id].get("depends_on", {}).get("nodes", ())
    return [one for one in nodes if one.startswith(("model.", "source.", "seed."))]


def _graph(edges: Iterable[tuple[str, str]], roots: set[str]) -> Iterator[str]:
    yield "```mermaid\nflowchart LR"
    for root in sorted(roots, key=_natural):
        yield f'    {_identifier(root)}(["{root}"])'
    for parent, child in sorted(set(edges), key=lambda edge: (_natural(edge[0]), edge[1])):
        yield f"    {_identifier(parent)} --> {_identifier(child)}"
    yield "```"


def _identifier(name: str) -> str:
    return name.replace(".", "__")


def _natural(name: str) -> tuple[str, int]:
    """`raw.claims_xml2` before `raw.claims_xml10`."""
    stem = name.rstrip("0123456789")
    return (stem, int(name[len(stem) :] or 0))
