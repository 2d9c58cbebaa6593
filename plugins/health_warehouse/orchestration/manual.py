"""`docs/dags.md` from the docstrings of the DAG files. Read as text: Airflow is not needed."""

from __future__ import annotations

import ast
import re
from pathlib import Path

_HEAD = """\
# DAGs

Generated from the docstrings in `dags/` by `python scripts/write_dags_page.py`; a test fails when
it is stale. The same text stands in the Airflow UI under *Docs*.

| DAG | Purpose | Schedule |
|---|---|---|
"""


def page(folder: Path) -> str:
    """The whole document for the DAG files in `folder`, in order of name."""
    manuals = [_Manual(path) for path in sorted(folder.glob("*.py"))]
    rows = [f"| [{m.name}](#{m.name}) | {m.purpose} | {m.schedule} |\n" for m in manuals]
    chapters = [f"\n## {m.name}\n\n{m.body}\n" for m in manuals]
    return _HEAD + "".join(rows) + "".join(chapters)


class _Manual:
    def __init__(self, path: Path) -> None:
        tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
        docstring = ast.get_docstring(tree)
        if docstring is None:
            raise ValueError(f"{path} has no docstring")
        self.name = path.stem
        self.purpose = docstring.partition("\n\n")[0].replace("\n", " ")
        # paths are from the top of the repository there; this page lies in docs/
        self.body = re.sub(r"`docs/(runbooks/(\w+)\.md)`", r"[\2](\1)", docstring)
        self.schedule = _schedule(tree)


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
