"""What every source file keeps. The message of each failure is the fix."""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from parsed_dags import PROJECT

PLUGINS = PROJECT / "plugins"
PACKAGE = PLUGINS / "health_warehouse"
SOURCES = sorted(
    path
    for folder in (PACKAGE, PROJECT / "dags", PROJECT / "expectations", PROJECT / "scripts")
    for path in folder.rglob("*.py")
)
LONGEST_FILE = 350
LONG_ON_PURPOSE: dict[str, str] = {}  # path: why it may be longer; the list may only shrink
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "shared", "tools"}
HEAVY = {"great_expectations", "dbt", "pandas", "airflow"}

every_source = pytest.mark.parametrize(
    "path", SOURCES, ids=[str(path.relative_to(PROJECT)) for path in SOURCES]
)


def test_there_is_something_to_check() -> None:
    assert len(SOURCES) > 30


def test_airflow_does_not_import_the_package_module_by_module() -> None:
    """Airflow registers every file under plugins/ by its bare name: `types.py` replaces types."""
    lines = (PLUGINS / ".airflowignore").read_text(encoding="utf-8").split()
    folders = {path.parent.name for path in PLUGINS.glob("*/__init__.py")}
    assert "health_warehouse" in folders
    assert folders <= set(lines), f"add {folders - set(lines)} to plugins/.airflowignore"


@every_source
def test_file_is_short(path: Path) -> None:
    name = str(path.relative_to(PROJECT))
    count = len(path.read_text(encoding="utf-8").splitlines())
    assert count <= LONGEST_FILE or name in LONG_ON_PURPOSE, (
        f"{name} has {count} lines: split it at its second idea (limit {LONGEST_FILE})"
    )


@every_source
def test_module_name_is_a_noun_of_its_own(path: Path) -> None:
    assert path.stem not in VAGUE_NAMES, f"name {path.name} after the one idea that it holds"
    top_level = {PLUGINS, PROJECT / "dags", PROJECT / "scripts"}
    if path.parent in top_level:
        taken = sys.stdlib_module_names | set(packages_distributions())
        assert path.stem not in taken, (
            f"{path.name} would replace the module {path.stem}: rename it"
        )


@every_source
def test_heavy_packages_are_imported_inside_functions(path: Path) -> None:
    may_import_airflow = path.parent.name in ("orchestration", "dags")
    heavy = HEAVY - {"airflow"} if may_import_airflow else HEAVY
    found = {name for name in _module_level_imports(path) if name.partition(".")[0] in heavy}
    assert not found, f"import {found} inside the function that needs it (or under TYPE_CHECKING)"


@every_source
def test_no_sql_is_built_from_strings(path: Path) -> None:
    """Values go in as parameters, names as psycopg.sql.Identifier."""
    found = [
        node.lineno
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Call)
        and _called(node) in ("execute", "executemany", "text", "SQL", "copy")
        and node.args
        and _is_formatted(node.args[0])
    ]
    assert not found, f"lines {found}: use parameters, or psycopg.sql for identifiers"


@every_source
@pytest.mark.parametrize(
    ("pattern", "fix"),
    [
        (r"etree\.parse\(", "open as bytes: lxml unpacks gzip and follows names given as a path"),
        (r"resolve_entities=True", "entities read local files"),
        (r"\.extractall\(", "read entry by entry with limits: names in archives are hostile"),
        (r"yaml\.(unsafe_)?load\(", "yaml.safe_load"),
        (r"pickle\.loads?\(", "pickle runs code"),
        (r"shell=True", "pass a list of arguments"),
        (r"datetime\.utcnow\(", "datetime.now(UTC)"),
        (r"os\.environ|os\.getenv", "read settings through health_warehouse.settings"),
    ],
)
def test_nothing_dangerous_is_called(path: Path, pattern: str, fix: str) -> None:
    if pattern.startswith("os") and str(path.relative_to(PROJECT)) in READS_ENVIRONMENT:
        return
    lines = path.read_text(encoding="utf-8").splitlines()
    found = [number for number, line in enumerate(lines, start=1) if re.search(pattern, line)]
    assert not found, f"lines {found}: {fix}"


READS_ENVIRONMENT = {
    "plugins/health_warehouse/settings.py": "the reader of the settings",
}


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def _module_level_imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in _tree(path).body:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


def _called(node: ast.Call) -> str:
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _is_formatted(node: ast.expr) -> bool:
    """An f-string with a hole, `"…" % x`, or `"…".format(x)`."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mod, ast.Add)):
        return isinstance(node.left, (ast.Constant, ast.JoinedStr))
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "format"
        and isinstance(node.func.value, (ast.Constant, ast.JoinedStr))
    )
