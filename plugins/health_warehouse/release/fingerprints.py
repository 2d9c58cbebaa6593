"""Fingerprints of models: what decides the rows of each, and no text that people read.

Made from dbt's manifest, which lists what a model reads and which macros it calls, and from the
code of the functions and views of the database. Nothing is compiled. Two projects whose models have
the same fingerprints make the same rows of the same deliveries (docs/decisions/fingerprints.md).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter
from hashlib import sha256
from typing import Any

# Strings are kept as they are. A comment may hold a quotation mark, so all are read in one pass.
_TOKENS = re.compile(
    r"""
    (?P<kept>'(?:[^']|'')*'|"[^"]*")
    |(?:\{\#.*?\#\}|--[^\n]*|/\*.*?\*/|\s)+
    """,
    re.VERBOSE | re.DOTALL,
)
_VARIABLE = re.compile(r"""\bvar\(\s*["'](\w+)["']""")
_FUNCTION = re.compile(r"\braw\.(\w+)\s*\(")
_MADE = ("model", "seed")
# What is for people, for tests, or for what is made anew by every publication.
_CONFIG_LEFT_OUT = ("docs", "group", "meta", "persist_docs", "tags", "access", "static_analysis")
_META_LEFT_OUT = ("misleads",)


@dataclass(frozen=True)
class DatabaseCode:
    """Definitions as the database has them: of the functions of schema raw, by name, and of views
    that are read as sources, by `schema.name`."""

    functions: Mapping[str, str]
    views: Mapping[str, str]


@dataclass(frozen=True)
class Project:
    """`manifest` is dbt's; `variables` are those of dbt_project.yml."""

    manifest: Mapping[str, Any]
    variables: Mapping[str, Any]
    database: DatabaseCode

    @cached_property
    def _macros(self) -> Mapping[str, Mapping[str, Any]]:
        """Our own; those of dbt and its adapter are the same in every project."""
        name = self.manifest["metadata"]["project_name"]
        macros = self.manifest["macros"].items()
        return {key: macro for key, macro in macros if macro["package_name"] == name}

    def fingerprints(self) -> dict[str, str]:
        """By name of the model or seed."""
        nodes = {
            key: node
            for key, node in self.manifest["nodes"].items()
            if node["resource_type"] in _MADE
        }
        graph = {
            key: sorted(set(node["depends_on"].get("nodes", ())) & nodes.keys())
            for key, node in nodes.items()
        }
        made: dict[str, str] = {}
        for key in TopologicalSorter(graph).static_order():
            said = self._said_of(nodes[key]) | {"reads": {name: made[name] for name in graph[key]}}
            made[key] = _hash(said)
        return {nodes[key]["name"]: fingerprint for key, fingerprint in made.items()}

    def _said_of(self, node: Mapping[str, Any]) -> dict[str, Any]:
        """All that decides the rows of a model beside what it reads."""
        config = node["config"]
        is_seed = node["resource_type"] == "seed"
        hooks = [hook["sql"] for kind in ("pre-hook", "post-hook") for hook in config[kind]]
        macros = {
            macro["unique_id"]: code_of(macro["macro_sql"])
            for macro in self._called(
                (*node["depends_on"]["macros"], self._materialization(config))
            )
        }
        code = code_of(node["raw_code"])
        texts = [code, *hooks, *macros.values()]
        functions = self._functions(texts)
        texts += functions.values()
        return {
            "relation": f"{node['schema']}.{node['alias']}",
            "code": node["checksum"]["checksum"] if is_seed else code,
            "config": {key: said for key, said in config.items() if key not in _CONFIG_LEFT_OUT},
            "meta": {
                key: said
                for key, said in (config.get("meta") or {}).items()
                if key not in _META_LEFT_OUT
            },
            "contract": _contract(node),
            "macros": macros,
            "variables": {name: self.variables.get(name) for name in _found(_VARIABLE, texts)},
            "functions": functions,
            "sources": self._sources(node),
        }

    def _materialization(self, config: Mapping[str, Any]) -> str:
        """The macro of that name: dbt finds it when it runs, so that no list of macros holds it."""
        project = self.manifest["metadata"]["project_name"]
        return f"macro.{project}.materialization_{config['materialized']}_postgres"

    def _called(self, names: Iterable[str]) -> Iterator[Mapping[str, Any]]:
        """Macros of ours by name, and those that they call, each once."""
        seen: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name in self._macros and name not in seen:
                seen.add(name)
                waiting += self._macros[name]["depends_on"]["macros"]
                yield self._macros[name]

    def _functions(self, texts: Iterable[str]) -> dict[str, str]:
        """Functions of schema raw that the texts call, and those that these call."""
        called: dict[str, str] = {}
        waiting = _found(_FUNCTION, texts)
        while waiting:
            name = waiting.pop()
            if name not in called:
                called[name] = code_of(self.database.functions.get(name, ""))
                waiting += _found(_FUNCTION, [called[name]])
        return called

    def _sources(self, node: Mapping[str, Any]) -> dict[str, str]:
        """Sources of the node, by name; of a view what it selects, and the functions in it."""
        read = {}
        for key in node["depends_on"].get("nodes", ()):
            if source := self.manifest["sources"].get(key):
                name = f"{source['schema']}.{source['identifier']}"
                view = code_of(self.database.views.get(name, ""))
                read[name] = _hash({"view": view, "functions": self._functions([view])})
        return read


def changed_models(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Names of models that are new, gone or have another fingerprint, sorted."""
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))


def code_of(text: str) -> str:
    """SQL or Jinja without comments, blanks cut to one."""
    return _TOKENS.sub(lambda token: token["kept"] or " ", text).strip()


def _contract(node: Mapping[str, Any]) -> Any:
    """Types and constraints of the columns, whatever their order, where dbt makes them so."""
    if not node["config"].get("contract", {}).get("enforced"):
        return None
    columns = {
        name: [column["data_type"], _constraints(column)]
        for name, column in node["columns"].items()
    }
    return [columns, _constraints(node)]


def _constraints(said: Mapping[str, Any]) -> list[Any]:
    wanted = ("type", "columns", "expression", "to", "to_columns")
    found = [{key: one.get(key) for key in wanted} for one in said.get("constraints") or ()]
    return sorted(found, key=_hash)


def _found(pattern: re.Pattern[str], texts: Iterable[str]) -> list[str]:
    return sorted({name for text in texts for name in pattern.findall(text)})


def _hash(said: Any) -> str:
    return sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()
