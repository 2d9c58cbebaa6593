"""What every source file keeps. The message of each failure is the fix."""

from __future__ import annotations

import ast
import re
import sys
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from parsed_dags import PROJECT

PLUGINS = PROJECT / "plugins"
PACKAGE = PLUGINS / "health_warehouse"
SOURCES = {
    str(path.relative_to(PROJECT)): path.read_text(encoding="utf-8")
    for folder in (PACKAGE, PROJECT / "dags", PROJECT / "expectations", PROJECT / "scripts")
    for path in sorted(folder.rglob("*.py"))
}
BARE = ("plugins", "dags", "scripts")  # folders whose modules are imported by their bare name
LONGEST_FILE = 350
# Exceptions, each with its reason; these lists may only shrink.
LONG_ON_PURPOSE: dict[str, str] = {}
HEAVY_ON_PURPOSE = {
    "plugins/health_warehouse/quality/expectation.py": "a subclass; imported when a suite runs",
    "plugins/health_warehouse/quality/feed_suite.py": "imported when a suite is printed",
}
TOUCHES_ENVIRONMENT = {
    "plugins/health_warehouse/settings.py": "the reader of the settings",
    "plugins/health_warehouse/quality/runner.py": "switches off telemetry before the import",
    "plugins/health_warehouse/release/dbt.py": "hands settings to dbt, which knows no other way",
}
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "shared", "tools"}
HEAVY = {"great_expectations", "dbt", "pandas", "airflow"}


def test_there_is_something_to_check() -> None:
    assert len(SOURCES) > 30


def test_airflow_does_not_import_the_package_module_by_module() -> None:
    """Airflow registers every file under plugins/ by its bare name: `types.py` replaces types."""
    lines = (PLUGINS / ".airflowignore").read_text(encoding="utf-8").split()
    folders = {path.parent.name for path in PLUGINS.glob("*/__init__.py")}
    assert "health_warehouse" in folders
    assert folders <= set(lines), f"add {folders - set(lines)} to plugins/.airflowignore"


def test_files_are_short() -> None:
    long = {
        name: len(text.splitlines())
        for name, text in SOURCES.items()
        if len(text.splitlines()) > LONGEST_FILE and name not in LONG_ON_PURPOSE
    }
    assert not long, f"split each at its second idea (limit {LONGEST_FILE} lines): {long}"


def test_module_names_are_nouns_of_their_own() -> None:
    paths = [Path(name) for name in SOURCES]
    vague = [str(path) for path in paths if path.stem in VAGUE_NAMES]
    assert not vague, f"name after the one idea that it holds: {vague}"
    taken = sys.stdlib_module_names | set(packages_distributions())
    shadowing = [str(path) for path in paths if str(path.parent) in BARE and path.stem in taken]
    assert not shadowing, f"imported bare, these would replace other modules; rename: {shadowing}"


def test_heavy_packages_are_imported_inside_functions() -> None:
    found = {}
    for name in SOURCES.keys() - HEAVY_ON_PURPOSE.keys():
        may_import_airflow = Path(name).parent.name in ("orchestration", "dags")
        heavy = HEAVY - {"airflow"} if may_import_airflow else HEAVY
        if roots := {module.partition(".")[0] for module in _module_level_imports(name)} & heavy:
            found[name] = roots
    assert not found, f"import inside the function that needs it, or under TYPE_CHECKING: {found}"


def test_exceptions_are_of_files_that_exist() -> None:
    listed = {**LONG_ON_PURPOSE, **HEAVY_ON_PURPOSE, **TOUCHES_ENVIRONMENT}
    gone = [name for name in listed if not (PROJECT / name).exists()]
    assert not gone, f"strike {gone} from the exceptions"


def test_no_sql_is_built_from_strings() -> None:
    """Values go in as parameters, names as psycopg.sql.Identifier."""
    found = [
        f"{name}:{node.lineno}"
        for name in SOURCES
        for node in ast.walk(_tree(name))
        if isinstance(node, ast.Call)
        and _called(node) in ("execute", "executemany", "text", "SQL", "copy")
        and node.args
        and _is_formatted(node.args[0])
    ]
    assert not found, f"use parameters, or psycopg.sql for identifiers: {found}"


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
    ],
)
def test_nothing_dangerous_is_called(pattern: str, fix: str) -> None:
    found = _lines_with(pattern, set())
    assert not found, f"{fix}: {found}"


def test_the_environment_is_read_in_one_place() -> None:
    found = _lines_with(r"os\.environ|os\.getenv", set(TOUCHES_ENVIRONMENT))
    assert not found, f"read settings through health_warehouse.settings: {found}"


def _lines_with(pattern: str, excepted: set[str]) -> list[str]:
    return [
        f"{name}:{number}"
        for name, text in SOURCES.items()
        if name not in excepted
        for number, line in enumerate(text.splitlines(), start=1)
        if re.search(pattern, line)
    ]


@cache
def _tree(name: str) -> ast.Module:
    return ast.parse(SOURCES[name], filename=name)


def _module_level_imports(name: str) -> set[str]:
    names: set[str] = set()
    for node in _tree(name).body:
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
    """An f-string with a hole, `"…" % x`, `"…".format(x)`; module constants may fill it."""
    if isinstance(node, ast.JoinedStr):
        holes = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
        return not all(isinstance(hole, ast.Name) and hole.id.isupper() for hole in holes)
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mod, ast.Add)):
        return isinstance(node.left, (ast.Constant, ast.JoinedStr))
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "format"
        and isinstance(node.func.value, (ast.Constant, ast.JoinedStr))
    )
