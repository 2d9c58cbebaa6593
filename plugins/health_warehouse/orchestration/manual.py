"""`docs/dags.md` from the docstrings of the DAG files. Read as text: Airflow is not needed.

A file that makes DAGs of contracts has one chapter for each contract of ours.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from health_warehouse.feeds.catalogue import built_in
from health_warehouse.orchestration.dag_names import ingestion_of
from health_warehouse.orchestration.feed_manual import manual_of, purpose_of

_HEAD = """\
# DAGs

Generated from the docstrings in `dags/` and from the contracts of feeds by
`python scripts/write_dags_page.py`; a test fails when it is stale. The same text stands in the
Airflow UI under *Docs*. A province's own contracts have DAGs like those of ours.

| DAG | Purpose | Schedule |
|---|---|---|
"""
_MADE_OF_CONTRACTS = "ingest_feeds"


@dataclass(frozen=True)
class _Manual:
    name: str
    purpose: str
    body: str
    schedule: str


def page(folder: Path) -> str:
    """The whole document for the DAG files in `folder`, in order of name."""
    manuals = [one for path in sorted(folder.glob("*.py")) for one in _manuals(path)]
    rows = [f"| [{m.name}](#{m.name}) | {m.purpose} | {m.schedule} |\n" for m in manuals]
    chapters = [f"\n## {m.name}\n\n{m.body}\n" for m in manuals]
    return _HEAD + "".join(rows) + "".join(chapters)


def _manuals(path: Path) -> Iterator[_Manual]:
    tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    docstring = ast.get_docstring(tree)
    if docstring is None:
        raise ValueError(f"{path} has no docstring")
    if path.stem != _MADE_OF_CONTRACTS:
        purpose = docstring.partition("\n\n")[0].replace("\n", " ")
        yield _Manual(path.stem, purpose, _linked(docstring), _schedule(tree))
        return
    for feed, contract in built_in().items():
        yield _Manual(
            ingestion_of(feed),
            purpose_of(contract).replace("|", "/"),
            _linked(manual_of(contract)),
            f"hourly, asset `inbox/{feed}`",
        )


def _linked(text: str) -> str:
    """Paths are from the top of the repository there; this page lies in docs/."""
    return re.sub(r"`docs/(runbooks/(\w+)\.md)`", r"[\2](\1)", text)


def _schedule(tree: ast.Module) -> str:
    """The cron lines and assets in the `schedule=` of the decorator `dag`."""
    keywords = [
        keyword
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dag"
        for keyword in node.keywords
        if keyword.arg == "schedule"
    ]
    source = " ".join(ast.unparse(keyword.value) for keyword in keywords)
    crons = re.findall(r"'([\d*/, -]{9,})'", source)
    assets = re.findall(r"\b[A-Z][A-Z_]+\b(?!')", source.partition("assets=")[2])
    by = [*(f"`{cron}`" for cron in crons), *(f"asset `{a.lower()}`" for a in assets)]
    return ", ".join(by) or "by hand"
