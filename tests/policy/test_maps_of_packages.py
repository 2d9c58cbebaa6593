"""A newcomer finds a module from the map in its package's `__init__`."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import health_warehouse

_ROOT = Path(health_warehouse.__file__).parent
_LARGE = 8
"""A room of more modules has a map."""


def _rooms() -> list[Path]:
    folders = {path.parent for path in _ROOT.rglob("__init__.py")} - {_ROOT}
    return sorted(folder for folder in folders if len(_modules(folder)) > _LARGE)


def _modules(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("room", _rooms(), ids=lambda room: room.relative_to(_ROOT).as_posix())
def test_the_map_of_a_large_room_names_each_module_and_no_other(room: Path) -> None:
    told = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8"))) or ""
    words = set(re.findall(r"[a-z][a-z0-9_]*", told))
    assert [name for name in _modules(room) if name not in words] == []
    named = {word for word in words if "_" in word}
    files = {path.stem for path in _ROOT.rglob("*")} | {"health_warehouse"}
    assert named - files == set(), "what the map names is gone"
